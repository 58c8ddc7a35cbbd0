//! |x|

use super::prelude::*;

/// |x|
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abs {}

impl Formula for Abs {
    const NAME: &'static str = "abs";
    const DOC: &'static str = "The absolute value, elementwise; its derivative at 0 is 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.abs()),
            DType::F64 => unary(|x: f64| x.abs()),
            DType::Bool => unary(|x: u8| x),
            d if !d.is_signed() => for_dtype!(unsigned, Self::NAME, d, T => unary(|x: T| x)),
            d => for_dtype!(signed, Self::NAME, d, T => unary(|x: T| x.wrapping_abs())),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "fabs(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let sign = cx.graph.apply("sign", &[x])?;
        cx.graph.mul(g, sign).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(0.3, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::I64])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's integers do not wrap around everywhere.
        if !tensors::floats(x) {
            return Ok(None);
        }
        x[0].abs().map(Some)
    }
}
