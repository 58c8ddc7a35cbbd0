//! ln x

use super::prelude::*;

/// ln x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {}

impl Formula for Log {
    const NAME: &'static str = "log";
    const DOC: &'static str = "The natural logarithm, elementwise; NaN below 0, −∞ at 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::ln(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("log(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        cx.graph.div(g, x).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.2, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].log().map(Some)
    }
}
