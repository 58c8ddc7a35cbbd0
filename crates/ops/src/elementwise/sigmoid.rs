//! 1 / (1 + e⁻ˣ)

use super::prelude::*;

/// 1 / (1 + e⁻ˣ)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sigmoid {}

impl Formula for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const DOC: &'static str = "The logistic function 1 / (1 + e⁻ˣ), elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;
    const DEAR: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::sigmoid(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("T(1) / (T(1) + exp(-a))".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let one = cx.graph.number(1.0, y)?;
        let rest = cx.graph.sub(one, y)?;
        let slope = cx.graph.mul(y, rest)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-4.0, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].neg()?.exp()?.affine(1.0, 1.0)?.recip().map(Some)
    }
}
