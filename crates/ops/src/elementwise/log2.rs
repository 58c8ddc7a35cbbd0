//! log2 x

use super::prelude::*;

/// log2 x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log2 {}

impl Formula for Log2 {
    const NAME: &'static str = "log2";
    const DOC: &'static str = "The logarithm to base 2, elementwise, exact at the powers of 2; NaN below 0, −∞ at 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::log2(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("log2(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let g = cx.graph.scale(g, std::f64::consts::LOG2_E)?;
        cx.graph.div(g, x).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.3, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        (x[0].log()? / std::f64::consts::LN_2).map(Some)
    }
}
