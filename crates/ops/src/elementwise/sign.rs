//! The sign of x

use super::prelude::*;

/// The sign of x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {}

impl Formula for Sign {
    const NAME: &'static str = "sign";
    const DOC: &'static str = "−1, 0 or 1 after the sign of x, elementwise; NaN stays NaN. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| {
                if x > 0.0 {
                    1.0
                } else if x < 0.0 {
                    -1.0
                } else {
                    x
                }
            }),
            DType::F64 => unary(|x: f64| {
                if x > 0.0 {
                    1.0
                } else if x < 0.0 {
                    -1.0
                } else {
                    x
                }
            }),
            d if !d.is_signed() => for_dtype!(unsigned, Self::NAME, d, T => unary(|x: T| (x > 0) as T)),
            d => for_dtype!(signed, Self::NAME, d, T => unary(|x: T| x.signum())),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a > T(0) ? T(1) : a < T(0) ? T(-1) : a".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(0.3, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::I64])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        let (zero, one) = (x[0].zeros_like()?, tensors::number(&x[0], 1.0)?);
        let low = tensors::select(&x[0].lt(&zero)?, &one.neg()?, &x[0])?;
        tensors::select(&x[0].gt(&zero)?, &one, &low).map(Some)
    }
}
