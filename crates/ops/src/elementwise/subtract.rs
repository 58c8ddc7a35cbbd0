//! x − y

use super::prelude::*;

/// x − y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subtract {}

impl Formula for Subtract {
    const NAME: &'static str = "subtract";
    const DOC: &'static str = "x1 − x2, elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| x - y),
            DType::F64 => binary(|x: f64, y: f64| x - y),
            d => for_dtype!(int, Self::NAME, d, T => binary(|x: T, y: T| x.wrapping_sub(y))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a - b".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let g = cx.grad();
        if i == 0 { Ok(Some(g)) } else { cx.graph.neg(g).map(Some) }
    }

    fn samples() -> Vec<Sample> {
        [Sample::binary(-2.0, 2.0), Sample::integer_pairs(&[DType::I32, DType::U8])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's integers do not wrap around everywhere.
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].broadcast_sub(&x[1]).map(Some)
    }
}
