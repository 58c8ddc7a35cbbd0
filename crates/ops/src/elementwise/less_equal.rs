//! x ≤ y

use super::prelude::*;

/// x ≤ y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessEqual {}

impl Formula for LessEqual {
    const NAME: &'static str = "less_equal";
    const DOC: &'static str = "true where x1 ≤ x2, elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Common(0);

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(all, Self::NAME, inputs[0], T => binary(|x: T, y: T| (x <= y) as u8)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a <= b".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::comparisons()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].broadcast_le(&x[1]).map(Some)
    }
}
