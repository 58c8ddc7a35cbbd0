//! Σx over axes

use super::{Reduction, prelude::*};
use crate::{movement::repeated_from, pool};
use kerosene_ir::{Shape, Spec};
use std::sync::Arc;

/// Σx over axes
#[derive(Debug)]
pub struct Sum;

/// Records the sum over `axis`; nothing when there is no axis.
pub fn sum(graph: &mut Graph, x: Value, axis: &[usize], keepdims: bool) -> Result<Value> {
    if axis.is_empty() {
        return Ok(x);
    }
    Ok(graph.push(Arc::new(Reduction::<Sum>::new(Axes::new(axis, keepdims))), &[x])?[0])
}

/// Sums `x` down to the shape of `like`: the gradient of a broadcast.
pub fn sum_to(graph: &mut Graph, x: Value, like: Value) -> Result<Value> {
    let (from, to) = (graph.spec(x).shape.clone(), graph.spec(like).shape.clone());
    if from == to {
        return Ok(x);
    }
    let extra = from.len().checked_sub(to.len()).ok_or_else(|| Error::internal("sum_to: the target has more axes."))?;
    let ones = (0..to.len()).filter(|&i| to[i] == Some(1) && from[extra + i] != Some(1)).map(|i| extra + i);
    let axes: Vec<usize> = (0..extra).chain(ones).collect();
    // Over all places of windows' gradients that went to some of them: the windows'.
    let x = pool::spread(graph, x).filter(|_| (1..from.len() - 1).all(|i| axes.contains(&i))).map_or(x, |(_, g, _)| g);
    let x = match repeated(graph, x, &axes) {
        Some((once, axes, times)) => {
            let once = graph.reshape(once.0, &once.1)?;
            let x = sum(graph, once, &axes, true)?;
            graph.scale(x, times)?
        }
        None => sum(graph, x, &axes, true)?,
    };
    graph.reshape(x, &to)
}

/// Where `x` repeats something along some of `axes`: that with all axes of x, which of them are left to sum over, and how often it is
/// there.
#[allow(clippy::type_complexity)]
fn repeated(graph: &Graph, x: Value, axes: &[usize]) -> Option<((Value, Shape), Vec<usize>, f64)> {
    let (once, spec) = (repeated_from(graph, x)?, graph.spec(x));
    let own = &graph.spec(once).shape;
    let mut shape: Shape = std::iter::repeat_n(Some(1), spec.rank() - own.len()).collect();
    shape.extend(own.iter().copied());
    let (mut left, mut times) = (vec![], 1.0);
    for (a, (&n, &m)) in spec.shape.iter().zip(&shape).enumerate() {
        match axes.contains(&a) {
            true if n != m && m == Some(1) => times *= n? as f64,
            true => left.push(a),
            false if n != m => return None,
            false => {}
        }
    }
    (spec.dtype.is_float() && left.len() < axes.len()).then_some(((once, shape), left, times))
}

impl Fold for Sum {
    const NAME: &'static str = "sum";
    const DOC: &'static str = "The sum of the elements over `axis`, pairwise in blocks. Booleans and integers below 32 bits are summed in 32 bits.";
    const PROMOTE: Promote = Promote::Wide;

    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel> {
        Ok(match dtype {
            DType::F32 => reduce_with!(f32, shape, axes, 0.0, |a, b| a + b),
            DType::F64 => reduce_with!(f64, shape, axes, 0.0, |a, b| a + b),
            d => for_dtype!(int, Self::NAME, d, T => reduce_with!(T, shape, axes, 0, |a, b| a.wrapping_add(b))),
        })
    }

    fn derivative(cx: &mut Vjp<'_>, axes: &Axes) -> Result<Option<Value>> {
        let (g, shape) = (cx.grad(), cx.input(0).shape.clone());
        let g = axes.unfold(Self::NAME, cx, g)?;
        cx.graph.broadcast_to(g, &shape).map(Some)
    }

    fn sum_over(graph: &mut Graph, stack: Value, axes: &Axes) -> Option<Result<Value>> {
        let spec = graph.spec(stack).clone();
        let one = Spec::new(spec.dtype, spec.shape.iter().skip(1).copied());
        let (own, shape) = (axes.of(Self::NAME, &one).ok()?, axes.shape(Self::NAME, &one).ok()?);
        let all: Vec<usize> = std::iter::once(0).chain(own.iter().map(|a| a + 1)).collect();
        Some(sum(graph, stack, &all, false).and_then(|s| graph.reshape(s, &shape)))
    }

    fn samples() -> Vec<Sample> {
        let mut samples = Sample::reductions();
        samples.push(Sample::new(r#"{"axis":[0]}"#).f32(&[0, 3], 0.0, 1.0));
        samples.push(Sample::new("{}").with(DType::Bool, &[3], [1.0, 0.0, 1.0]));
        samples.push(Sample::new("{}").with(DType::U8, &[3], [255.0, 255.0, 1.0]));
        samples.push(Sample::new("{}").with(DType::I64, &[2, 2], [5.0, -3.0, 2.0, 1.0]));
        samples
    }

    fn candle(x: &Tensor, axes: Vec<usize>) -> Candle {
        // candle's integers do not wrap around everywhere.
        if x.dtype().is_float() { x.sum_keepdim(axes).map(Some) } else { Ok(None) }
    }
}
