//! The average over axes

use super::prelude::*;

/// The average over axes
#[derive(Debug)]
pub struct Mean;

impl Fold for Mean {
    const NAME: &'static str = "mean";
    const DOC: &'static str =
        "The average of the elements over `axis`; of no elements it is NaN. Integers are averaged as float32.";
    const PROMOTE: Promote = Promote::Float;

    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel> {
        let n: usize = axes.iter().map(|&a| shape[a]).product();
        Ok(for_dtype!(float, Self::NAME, dtype, T => {
            let n = n as T;
            reduce_with!(T, shape, axes, 0.0, |a, b| a + b, |v| v / n)
        }))
    }

    fn derivative(cx: &mut Vjp<'_>, axes: &Axes) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.input(0).clone());
        let n = axes.count(Self::NAME, &x)?;
        let g = axes.unfold(Self::NAME, cx, g)?;
        let g = cx.graph.scale(g, 1.0 / n as f64)?;
        cx.graph.broadcast_to(g, &x.shape).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let mut samples = Sample::reductions();
        samples.push(Sample::new(r#"{"axis":[0]}"#).f32(&[0, 3], 0.0, 1.0).kink());
        samples.push(Sample::new("{}").with(DType::I32, &[4], [1.0, 2.0, 4.0, -3.0]));
        samples
    }

    fn candle(x: &Tensor, axes: Vec<usize>) -> Candle {
        let n: usize = axes.iter().map(|&a| x.dims()[a]).product();
        (if axes.is_empty() { x.clone() } else { x.sum_keepdim(axes)? } / n as f64).map(Some)
    }
}
