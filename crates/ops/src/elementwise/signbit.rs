//! Whether x is negative

use super::prelude::*;

/// Whether x is negative
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signbit {}

impl Formula for Signbit {
    const NAME: &'static str = "signbit";
    const DOC: &'static str = "true where the sign bit of x is set, elementwise: for negative numbers and −0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.is_sign_negative() as u8),
            DType::F64 => unary(|x: f64| x.is_sign_negative() as u8),
            d if d.is_signed() => for_dtype!(signed, Self::NAME, d, T => unary(|x: T| (x < 0) as u8)),
            d => for_dtype!(all, Self::NAME, d, T => unary(|_: T| 0u8)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "signbit(a)".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::Bool])].concat()
    }
}
