//! x mod y

use super::prelude::*;

/// x mod y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mod {}

impl Formula for Mod {
    const NAME: &'static str = "mod";
    const DOC: &'static str = "The rest of x1 / x2 with the sign of x2, elementwise with numpy's broadcasting, as Python takes it. An integer mod 0 is 0.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| signed_as(x % y, y)),
            DType::F64 => binary(|x: f64, y: f64| signed_as(x % y, y)),
            d if d.is_signed() => for_dtype!(signed, Self::NAME, d, T => binary(|x: T, y: T| {
                let rest = if y == 0 { 0 } else { x.wrapping_rem(y) };
                if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest }
            })),
            d => for_dtype!(unsigned, Self::NAME, d, T => binary(|x: T, y: T| x.checked_rem(y).unwrap_or(0))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float()
            .then(|| "fmod(a, b) != T(0) && (fmod(a, b) < T(0)) != (b < T(0)) ? fmod(a, b) + b : fmod(a, b)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let g = cx.grad();
        if i == 0 {
            return Ok(Some(g));
        }
        let whole = cx.graph.apply("floor_divide", cx.inputs)?;
        let d = cx.graph.mul(g, whole)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::divisions()
    }
}

/// The truncated rest moved to the side of the divisor; a rest of zero takes the divisor's sign.
fn signed_as<T>(rest: T, y: T) -> T
where
    T: Copy + PartialOrd + Default + std::ops::Add<Output = T> + std::ops::Mul<Output = T> + std::ops::Sub<Output = T>,
{
    let zero = T::default();
    if rest != zero && (rest < zero) != (y < zero) { rest + y } else { rest }
}
