//! ⌊x / y⌋

use super::prelude::*;

/// ⌊x / y⌋
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorDivide {}

impl Formula for FloorDivide {
    const NAME: &'static str = "floor_divide";
    const DOC: &'static str = "⌊x1 / x2⌋, elementwise with numpy's broadcasting, as Python divides: towards −∞. An integer divided by 0 is 0. No gradient.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(floor_divide_f32),
            DType::F64 => binary(floor_divide_f64),
            d if d.is_signed() => for_dtype!(signed, Self::NAME, d, T => binary(|x: T, y: T| {
                let q = if y == 0 { 0 } else { x.wrapping_div(y) };
                let inexact = y != 0 && q.wrapping_mul(y) != x;
                if inexact && (x < 0) != (y < 0) { q - 1 } else { q }
            })),
            d => for_dtype!(unsigned, Self::NAME, d, T => binary(|x: T, y: T| x.checked_div(y).unwrap_or(0))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        // Of what is a whole number but for rounding.
        let whole = "rint((a - fmod(a, b)) / b - T(fmod(a, b) != T(0) && (fmod(a, b) < T(0)) != (b < T(0))))";
        x[0].is_float().then(|| format!("b == T(0) ? a / b : {whole}"))
    }

    fn samples() -> Vec<Sample> {
        Sample::divisions()
    }
}

/// numpy's way: exact where the quotient is representable, infinite or NaN where the divisor is 0.
macro_rules! floor_divide {
    ($name:ident, $T:ty) => {
        fn $name(x: $T, y: $T) -> $T {
            if y == 0.0 {
                return x / y;
            }
            let rest = x % y;
            let q = (x - rest) / y - if rest != 0.0 && (rest < 0.0) != (y < 0.0) { 1.0 } else { 0.0 };
            let whole = q.floor();
            if q - whole > 0.5 { whole + 1.0 } else { whole }
        }
    };
}
floor_divide!(floor_divide_f32, f32);
floor_divide!(floor_divide_f64, f64);
