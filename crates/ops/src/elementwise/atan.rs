//! arctan x

use super::prelude::*;

/// arctan x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atan {}

impl Formula for Atan {
    const NAME: &'static str = "atan";
    const DOC: &'static str = "The inverse tangent in (−π/2, π/2), elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.atan())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("atan(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.mul(x, x)?;
        let slope = cx.graph.shift(square, 1.0)?;
        cx.graph.div(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }
}
