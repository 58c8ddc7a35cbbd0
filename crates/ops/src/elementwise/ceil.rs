//! ⌈x⌉

use super::prelude::*;

/// ⌈x⌉
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceil {}

impl Formula for Ceil {
    const NAME: &'static str = "ceil";
    const DOC: &'static str = "The smallest integer not below x, elementwise; integers become floats. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.ceil())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("ceil(a)".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].ceil().map(Some)
    }
}
