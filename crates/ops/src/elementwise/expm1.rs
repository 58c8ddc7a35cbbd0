//! eˣ − 1

use super::prelude::*;

/// eˣ − 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expm1 {}

impl Formula for Expm1 {
    const NAME: &'static str = "expm1";
    const DOC: &'static str = "eˣ − 1, elementwise, accurate near 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::expm1(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("expm1(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let slope = cx.graph.shift(y, 1.0)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        tensors::expm1(&x[0]).map(Some)
    }
}
