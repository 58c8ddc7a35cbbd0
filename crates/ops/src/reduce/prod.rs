//! Πx over axes

use super::prelude::*;

/// Πx over axes
#[derive(Debug)]
pub struct Prod;

impl Fold for Prod {
    const NAME: &'static str = "prod";
    const DOC: &'static str =
        "The product of the elements over `axis`. Booleans and integers below 32 bits are multiplied in 32 bits.";
    const PROMOTE: Promote = Promote::Wide;

    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel> {
        Ok(match dtype {
            DType::F32 => reduce_with!(f32, shape, axes, 1.0, |a, b| a * b),
            DType::F64 => reduce_with!(f64, shape, axes, 1.0, |a, b| a * b),
            d => for_dtype!(int, Self::NAME, d, T => reduce_with!(T, shape, axes, 1, |a, b| a.wrapping_mul(b))),
        })
    }

    /// Each element's slope is the product of the others: Πx/x, and where zeros are in the way the product of the rest for the
    /// only zero, 0 for all others.
    fn derivative(cx: &mut Vjp<'_>, axes: &Axes) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let (dtype, kept) = (cx.input(0).dtype, axes.kept().attrs());
        let g = axes.unfold(Self::NAME, cx, g)?;
        let (zero, one) = (cx.graph.number(0.0, x)?, cx.graph.number(1.0, x)?);
        let is_zero = cx.graph.apply("equal", &[x, zero])?;
        let nonzero = cx.graph.select(is_zero, one, x)?;
        let rest = cx.graph.op("prod", &kept, &[nonzero])?;
        let zeros = cx.graph.cast(is_zero, dtype)?;
        let zeros = cx.graph.op("sum", &kept, &[zeros])?;
        let none = cx.graph.apply("equal", &[zeros, zero])?;
        let single = cx.graph.apply("equal", &[zeros, one])?;
        let others = cx.graph.div(rest, nonzero)?;
        let at_zero = cx.graph.select(single, rest, zero)?;
        let elsewhere = cx.graph.select(none, others, zero)?;
        let slope = cx.graph.select(is_zero, at_zero, elsewhere)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let mut samples = Sample::reductions();
        samples.push(Sample::new(r#"{"axis":1}"#).with(
            DType::F32,
            &[3, 3],
            [2.0, 0.0, 3.0, 0.0, 0.0, 5.0, 1.5, -2.0, 0.5],
        ));
        samples.push(Sample::new(r#"{"axis":0}"#).f32(&[0, 3], 0.0, 1.0));
        samples.push(Sample::new("{}").with(DType::I32, &[3], [2.0, -3.0, 4.0]));
        samples
    }

    fn candle(x: &Tensor, axes: Vec<usize>) -> Candle {
        if !x.dtype().is_float() {
            return Ok(None);
        }
        axes.into_iter().try_fold(x.clone(), |x, axis| tensors::product_along(&x, axis)).map(Some)
    }
}
