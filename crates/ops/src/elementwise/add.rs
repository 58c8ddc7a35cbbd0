//! x + y

use super::prelude::*;

/// x + y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {}

impl Formula for Add {
    const NAME: &'static str = "add";
    const DOC: &'static str = "x1 + x2, elementwise with numpy's broadcasting; on booleans, logical or.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Common(0);
    const COMMUTATIVE: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| x + y),
            DType::F64 => binary(|x: f64, y: f64| x + y),
            DType::Bool => binary(|x: u8, y: u8| x | y),
            d => for_dtype!(int, Self::NAME, d, T => binary(|x: T, y: T| x.wrapping_add(y))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        match x[0] {
            DType::Bool => Some("a | b".into()),
            d => d.is_float().then(|| "a + b".into()),
        }
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        Ok(Some(cx.grad()))
    }

    fn samples() -> Vec<Sample> {
        [Sample::binary(-2.0, 2.0), Sample::integer_pairs(&[DType::I32, DType::U8, DType::Bool])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's integers do not wrap around everywhere.
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].broadcast_add(&x[1]).map(Some)
    }
}
