//! √x

use super::prelude::*;

/// √x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sqrt {}

impl Formula for Sqrt {
    const NAME: &'static str = "sqrt";
    const DOC: &'static str = "The square root, elementwise; NaN below 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.sqrt())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("sqrt(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let twice = cx.graph.add(y, y)?;
        cx.graph.div(g, twice).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.2, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].sqrt().map(Some)
    }
}
