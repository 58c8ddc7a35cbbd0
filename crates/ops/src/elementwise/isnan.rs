//! Whether x is not a number

use super::prelude::*;

/// Whether x is not a number
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IsNan {}

impl Formula for IsNan {
    const NAME: &'static str = "isnan";
    const DOC: &'static str = "true where x is NaN, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.is_nan() as u8),
            DType::F64 => unary(|x: f64| x.is_nan() as u8),
            d => for_dtype!(all, Self::NAME, d, T => unary(|_: T| 0u8)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a != a".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        tensors::nan(&x[0]).map(Some)
    }
}
