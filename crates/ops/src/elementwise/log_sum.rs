//! What `logaddexp` and `logaddexp2` share.

use super::prelude::*;

/// The gradient for operand `i`: the base to the power of xᵢ − y, where infinities stand for 0, as JAX has it.
pub fn partial(cx: &mut Vjp<'_>, i: usize, power: &str) -> Result<Value> {
    let (g, x, y) = (cx.grad(), cx.inputs[i], cx.outputs[0]);
    let zero = cx.graph.number(0.0, x)?;
    let infinity = cx.graph.number(f64::INFINITY, x)?;
    let mut parts = [x, y];
    for part in &mut parts {
        let above = cx.graph.apply("equal", &[*part, infinity])?;
        *part = cx.graph.select(above, zero, *part)?;
    }
    let difference = cx.graph.sub(parts[0], parts[1])?;
    let slope = cx.graph.apply(power, &[difference])?;
    cx.graph.mul(g, slope)
}

/// log(base^x + base^y) for this logarithm of the base.
pub fn candle(x: &[Tensor], base: f64) -> Candle {
    if !tensors::floats(x) {
        return Ok(None);
    }
    let [x, y] = tensors::common([&x[0], &x[1]])?;
    let same = x.eq(&y)?;
    let distance = tensors::select(&same, &x.zeros_like()?, &(&x - &y)?.abs()?.neg()?)?;
    let rest = tensors::log1p(&distance.affine(base, 0.0)?.exp()?)?;
    (tensors::maximum(&x, &y)? + (rest / base)?).map(Some)
}
