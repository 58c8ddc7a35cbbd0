//! arcsin x

use super::prelude::*;

/// arcsin x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asin {}

impl Formula for Asin {
    const NAME: &'static str = "asin";
    const DOC: &'static str = "The inverse sine in [−π/2, π/2], elementwise; NaN outside [−1, 1].";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.asin())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("asin(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.mul(x, x)?;
        let one = cx.graph.number(1.0, x)?;
        let rest = cx.graph.sub(one, square)?;
        let root = cx.graph.apply("sqrt", &[rest])?;
        cx.graph.div(g, root).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-0.9, 0.9)
    }
}
