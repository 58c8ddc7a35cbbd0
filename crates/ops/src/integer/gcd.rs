//! The greatest common divisor

use super::{gcd_of, whole};
use crate::elementwise::prelude::*;

/// The greatest common divisor
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gcd {}

impl Formula for Gcd {
    const NAME: &'static str = "gcd";
    const DOC: &'static str = "The greatest common divisor of integers, elementwise with numpy's broadcasting; never negative, and 0 for 0 and 0.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;
    const COMMUTATIVE: bool = true;

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        whole(Self::NAME, inputs)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(int, Self::NAME, inputs[0], T => binary(|x: T, y: T| gcd_of!(T, x, y))))
    }

    fn samples() -> Vec<Sample> {
        Sample::divisors()
    }
}
