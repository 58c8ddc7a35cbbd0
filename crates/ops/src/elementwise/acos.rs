//! arccos x

use super::prelude::*;

/// arccos x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acos {}

impl Formula for Acos {
    const NAME: &'static str = "acos";
    const DOC: &'static str = "The inverse cosine in [0, π], elementwise; NaN outside [−1, 1].";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.acos())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("acos(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.mul(x, x)?;
        let one = cx.graph.number(1.0, x)?;
        let rest = cx.graph.sub(one, square)?;
        let root = cx.graph.apply("sqrt", &[rest])?;
        let d = cx.graph.div(g, root)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-0.9, 0.9)
    }
}
