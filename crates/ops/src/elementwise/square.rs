//! x²

use super::prelude::*;

/// x²
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Square {}

impl Formula for Square {
    const NAME: &'static str = "square";
    const DOC: &'static str = "x · x, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x * x),
            DType::F64 => unary(|x: f64| x * x),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| x.wrapping_mul(x))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a * a".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let twice = cx.graph.add(x, x)?;
        cx.graph.mul(g, twice).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::I64])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's integers do not wrap around everywhere.
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].sqr().map(Some)
    }
}
