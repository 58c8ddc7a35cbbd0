//! The bits of x inverted

use super::whole;
use crate::elementwise::prelude::*;

/// The bits of x inverted
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitwiseNot {}

impl Formula for BitwiseNot {
    const NAME: &'static str = "bitwise_not";
    const DOC: &'static str = "The bits of integers inverted, or the logical not of booleans, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        whole(Self::NAME, inputs)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::Bool => unary(|x: u8| x ^ 1),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| !x)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        (x[0] == DType::Bool).then(|| "a ^ 1".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::integers(&[DType::Bool, DType::U8, DType::I8, DType::I32, DType::I64])
    }
}
