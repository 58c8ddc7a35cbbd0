//! The rest of x / y

use super::prelude::*;

/// The rest of x / y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fmod {}

impl Formula for Fmod {
    const NAME: &'static str = "fmod";
    const DOC: &'static str = "The rest of x1 / x2 with the sign of x1, elementwise with numpy's broadcasting, as C takes it. An integer by 0 gives 0.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| x % y),
            DType::F64 => binary(|x: f64, y: f64| x % y),
            d if d.is_signed() => for_dtype!(signed, Self::NAME, d, T => binary(|x: T, y: T| {
                if y == 0 { 0 } else { x.wrapping_rem(y) }
            })),
            d => for_dtype!(unsigned, Self::NAME, d, T => binary(|x: T, y: T| x.checked_rem(y).unwrap_or(0))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "fmod(a, b)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let g = cx.grad();
        if i == 0 {
            return Ok(Some(g));
        }
        let ratio = cx.graph.apply("divide", cx.inputs)?;
        let whole = cx.graph.apply("trunc", &[ratio])?;
        let d = cx.graph.mul(g, whole)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::divisions()
    }
}
