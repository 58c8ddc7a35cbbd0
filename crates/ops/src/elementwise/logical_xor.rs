//! x ⊕ y

use super::prelude::*;

/// x ⊕ y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogicalXor {}

impl Formula for LogicalXor {
    const NAME: &'static str = "logical_xor";
    const DOC: &'static str = "x1 ⊕ x2, elementwise with numpy's broadcasting; anything but 0 is true.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Bool;
    const COMMUTATIVE: bool = true;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        let _ = inputs;
        Ok(binary(|x: u8, y: u8| ((x != 0) ^ (y != 0)) as u8))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("!a != !b".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::comparisons()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let [x, y] = tensors::common([&x[0], &x[1]])?;
        let zero = x.zeros_like()?;
        let (x, y) = (x.ne(&zero)?, y.ne(&zero)?);
        x.ne(&y).map(Some)
    }
}
