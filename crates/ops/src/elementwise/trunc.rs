//! x without its fraction

use super::prelude::*;

/// x without its fraction
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trunc {}

impl Formula for Trunc {
    const NAME: &'static str = "trunc";
    const DOC: &'static str = "x without its fraction, elementwise: rounded towards 0; integers stay. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.trunc()),
            DType::F64 => unary(|x: f64| x.trunc()),
            d => for_dtype!(all, Self::NAME, d, T => unary(|x: T| x)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "trunc(a)".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-3.0, 3.0).into_iter().map(Sample::kink).collect(), Sample::integers(&[DType::I32, DType::Bool])]
            .concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        tensors::select(&x[0].lt(&x[0].zeros_like()?)?, &x[0].ceil()?, &x[0].floor()?).map(Some)
    }
}
