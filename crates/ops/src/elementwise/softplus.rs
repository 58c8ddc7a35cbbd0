//! ln(1 + eˣ)

use super::prelude::*;

/// ln(1 + eˣ)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softplus {}

impl Formula for Softplus {
    const NAME: &'static str = "softplus";
    const DOC: &'static str = "ln(1 + eˣ), elementwise, without overflow.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;
    const DEAR: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::softplus(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("(a > T(0) ? a : T(0)) + log1p(exp(-fabs(a)))".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.apply("sigmoid", &[x])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-4.0, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        (tensors::relu(&x[0])? + tensors::log1p(&x[0].abs()?.neg()?.exp()?)?).map(Some)
    }
}
