//! −x

use super::prelude::*;

/// −x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Negative {}

impl Formula for Negative {
    const NAME: &'static str = "negative";
    const DOC: &'static str = "−x, elementwise; integers wrap.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| -x),
            DType::F64 => unary(|x: f64| -x),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| x.wrapping_neg())),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "-a".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let g = cx.grad();
        cx.graph.neg(g).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::I64])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's integers do not wrap around everywhere.
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].neg().map(Some)
    }
}
