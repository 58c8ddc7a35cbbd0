//! x / 2ʸ by bits

use super::whole;
use crate::elementwise::prelude::*;

/// x / 2ʸ by bits
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightShift {}

impl Formula for RightShift {
    const NAME: &'static str = "right_shift";
    const DOC: &'static str = "The bits of x moved y places down, elementwise with numpy's broadcasting: the sign follows. A shift by more bits than there are, or by fewer than none, leaves the sign alone.";
    const INPUTS: &'static [&'static str] = &["x", "y"];
    const PROMOTE: Promote = Promote::Number;

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        whole(Self::NAME, inputs)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(int, Self::NAME, inputs[0], T => binary(|x: T, y: T| {
            let zero = 0 as T;
            let sign = if x < zero { !zero } else { zero };
            if (0..i128::from(<T>::BITS)).contains(&i128::from(y)) { x.wrapping_shr(i128::from(y) as u32) } else { sign }
        })))
    }

    fn samples() -> Vec<Sample> {
        Sample::integer_pairs(&[DType::U8, DType::I8, DType::I32, DType::I64])
    }
}
