//! ⌊x⌋

use super::prelude::*;

/// ⌊x⌋
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {}

impl Formula for Floor {
    const NAME: &'static str = "floor";
    const DOC: &'static str = "The largest integer not above x, elementwise; integers become floats. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.floor())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("floor(a)".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].floor().map(Some)
    }
}
