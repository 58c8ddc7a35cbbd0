//! 1/√x

use super::prelude::*;

/// 1/√x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rsqrt {}

impl Formula for Rsqrt {
    const NAME: &'static str = "rsqrt";
    const DOC: &'static str = "1/√x, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| 1.0 / x.sqrt())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("T(1) / sqrt(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let y = cx.outputs[0];
        let slope = cx.graph.div(y, x)?;
        let slope = cx.graph.scale(slope, -0.5)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.2, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].sqrt()?.recip().map(Some)
    }
}
