//! ln(1 + x)

use super::prelude::*;

/// ln(1 + x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log1p {}

impl Formula for Log1p {
    const NAME: &'static str = "log1p";
    const DOC: &'static str = "ln(1 + x), elementwise, accurate near 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::ln1p(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("log1p(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.shift(x, 1.0)?;
        cx.graph.div(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-0.8, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        tensors::log1p(&x[0]).map(Some)
    }
}
