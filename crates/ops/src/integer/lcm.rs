//! The least common multiple

use super::{gcd_of, magnitude, whole};
use crate::elementwise::prelude::*;

/// The least common multiple
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lcm {}

impl Formula for Lcm {
    const NAME: &'static str = "lcm";
    const DOC: &'static str = "The least common multiple of integers, elementwise with numpy's broadcasting; never negative, and 0 where one of them is 0.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;
    const COMMUTATIVE: bool = true;

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        whole(Self::NAME, inputs)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(int, Self::NAME, inputs[0], T => binary(|x: T, y: T| {
            let divisor = gcd_of!(T, x, y);
            if divisor == 0 { 0 } else { magnitude!(T, x).wrapping_div(divisor).wrapping_mul(magnitude!(T, y)) }
        })))
    }

    fn samples() -> Vec<Sample> {
        Sample::divisors()
    }
}
