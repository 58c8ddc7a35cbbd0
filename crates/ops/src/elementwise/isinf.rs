//! Whether x is infinite

use super::prelude::*;

/// Whether x is infinite
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IsInf {}

impl Formula for IsInf {
    const NAME: &'static str = "isinf";
    const DOC: &'static str = "true where x is ∞ or −∞, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.is_infinite() as u8),
            DType::F64 => unary(|x: f64| x.is_infinite() as u8),
            d => for_dtype!(all, Self::NAME, d, T => unary(|_: T| 0u8)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a == a && a - a != A(0)".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].abs()?.eq(&tensors::number(&x[0], f64::INFINITY)?).map(Some)
    }
}
