//! x & y

use super::whole;
use crate::elementwise::prelude::*;

/// x & y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitwiseAnd {}

impl Formula for BitwiseAnd {
    const NAME: &'static str = "bitwise_and";
    const DOC: &'static str =
        "The bitwise and of integers, or the logical one of booleans, elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x", "y"];
    const PROMOTE: Promote = Promote::Common(0);
    const COMMUTATIVE: bool = true;

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        whole(Self::NAME, inputs)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::Bool => binary(|x: u8, y: u8| x & y),
            d => for_dtype!(int, Self::NAME, d, T => binary(|x: T, y: T| x & y)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        (x[0] == DType::Bool).then(|| "a & b".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::integer_pairs(&[DType::Bool, DType::U8, DType::I8, DType::I32, DType::I64])
    }
}
