//! The smallest element over axes

use super::{extreme, prelude::*};

/// The smallest element over axes
#[derive(Debug)]
pub struct Min;

impl Fold for Min {
    const NAME: &'static str = "min";
    const DOC: &'static str =
        "The smallest element over `axis`; NaN where there is one. Elements that tie share the gradient evenly.";
    const PROMOTE: Promote = Promote::None;
    const EMPTY: bool = false;

    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel> {
        Ok(match dtype {
            DType::F32 => reduce_with!(f32, shape, axes, f32::INFINITY, |a, b| if a < b || a.is_nan() { a } else { b }),
            DType::F64 => reduce_with!(f64, shape, axes, f64::INFINITY, |a, b| if a < b || a.is_nan() { a } else { b }),
            d => for_dtype!(all, Self::NAME, d, T => {
                reduce_with!(T, shape, axes, T::MAX, |a, b| if a < b { a } else { b })
            }),
        })
    }

    fn derivative(cx: &mut Vjp<'_>, axes: &Axes) -> Result<Option<Value>> {
        extreme::share(Self::NAME, cx, axes).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let mut samples = Sample::reductions();
        samples.push(Sample::new("{}").with(DType::F32, &[4], [1.0, 2.0, 2.0, 1.0]).kink());
        samples.push(Sample::new(r#"{"axis":0}"#).with(DType::I32, &[2, 2], [1.0, -2.0, -4.0, 3.0]));
        samples.push(Sample::new("{}").with(DType::Bool, &[2], [1.0, 0.0]));
        samples
    }

    fn candle(x: &Tensor, axes: Vec<usize>) -> Candle {
        if !x.dtype().is_float() || x.elem_count() == 0 {
            return Ok(None);
        }
        let low = axes.into_iter().try_fold(x.neg()?, |x, axis| tensors::max_along(&x, axis))?;
        low.neg().map(Some)
    }
}
