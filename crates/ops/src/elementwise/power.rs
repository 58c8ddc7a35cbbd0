//! x to the power of y

use super::prelude::*;

/// x to the power of y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {}

impl Formula for Power {
    const NAME: &'static str = "power";
    const DOC: &'static str = "x1 to the power of x2, elementwise with numpy's broadcasting. Integers wrap; an integer to a negative power is its reciprocal truncated.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| Real::pow(x, y)),
            DType::F64 => binary(|x: f64, y: f64| Real::pow(x, y)),
            d if d.is_signed() => for_dtype!(signed, Self::NAME, d, T => binary(|x: T, y: T| match (x, y) {
                (_, 0..) => wrapping_power!(T, x, y),
                (1, _) => 1,
                (-1, _) => if y % 2 == 0 { 1 } else { -1 },
                _ => 0,
            })),
            d => for_dtype!(unsigned, Self::NAME, d, T => binary(|x: T, y: T| wrapping_power!(T, x, y))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "pow(a, b)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, x, y) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let one = cx.graph.number(1.0, x)?;
        let zero = cx.graph.number(0.0, x)?;
        let slope = if i == 0 {
            // y · x^(y−1), which is 0 for y = 0 even at x = 0.
            let constant = cx.graph.apply("equal", &[y, zero])?;
            let less = cx.graph.sub(y, one)?;
            let exponent = cx.graph.select(constant, one, less)?;
            let rest = cx.graph.apply("power", &[x, exponent])?;
            cx.graph.mul(y, rest)?
        } else {
            // x^y · ln x, which is 0 at x = 0.
            let at_zero = cx.graph.apply("equal", &[x, zero])?;
            let base = cx.graph.select(at_zero, one, x)?;
            let log = cx.graph.apply("log", &[base])?;
            cx.graph.mul(cx.outputs[0], log)?
        };
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [
            Sample::binary(0.5, 2.0),
            vec![
                Sample::new("")
                    .with(DType::F32, &[5], [0.0, 0.0, -2.0, -8.0, 2.0])
                    .with(DType::F32, &[5], [0.0, 2.0, 3.0, 0.5, -1.0])
                    .kink(),
                Sample::new("").with(DType::I32, &[6], [2.0, -3.0, 0.0, -1.0, 1.0, 2.0]).with(
                    DType::I32,
                    &[6],
                    [10.0, 3.0, 0.0, -3.0, -7.0, -1.0],
                ),
            ],
        ]
        .concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        let [x, y] = tensors::common([&x[0], &x[1]])?;
        let (zero, one) = (x.zeros_like()?, tensors::number(&x, 1.0)?);
        let size = x.abs()?;
        let p = (&y * size.log()?)?.exp()?;
        let p = tensors::select(&tensors::or(&size.eq(&one)?, &y.eq(&zero)?)?, &one, &p)?;
        // Below zero there are only whole exponents, and odd ones keep the sign.
        let whole = y.floor()?.eq(&y)?;
        let odd = (&y - y.affine(0.5, 0.0)?.floor()?.affine(2.0, 0.0)?)?.eq(&one)?;
        let signed = tensors::select(&odd, &p.neg()?, &p)?;
        let nan = tensors::number(&x, f64::NAN)?;
        let below =
            tensors::select(&tensors::or(&whole, &size.eq(&tensors::number(&x, f64::INFINITY)?)?)?, &signed, &nan)?;
        let found = tensors::select(&x.lt(&zero)?, &below, &p)?;
        let unknown = tensors::or(&tensors::nan(&x)?, &tensors::nan(&y)?)?;
        let found = tensors::select(&unknown, &nan, &found)?;
        tensors::select(&tensors::or(&y.eq(&zero)?, &x.eq(&one)?)?, &one, &found).map(Some)
    }
}

/// By squaring, with an exponent of the base's own type.
macro_rules! wrapping_power {
    ($T:ty, $x:expr, $y:expr) => {{
        let (mut base, mut exponent, mut out): ($T, $T, $T) = ($x, $y, 1);
        while exponent > 0 {
            if exponent & 1 == 1 {
                out = out.wrapping_mul(base);
            }
            base = base.wrapping_mul(base);
            exponent >>= 1;
        }
        out
    }};
}
use wrapping_power;
