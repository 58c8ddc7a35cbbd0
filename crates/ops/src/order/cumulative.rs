//! Sums and products of all elements up to each one

use super::prelude::*;
use std::{fmt::Debug, marker::PhantomData};

/// What is taken of the elements so far and the next.
pub trait Joining: Debug + Send + Sync + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The formula in words.
    const DOC: &'static str;
    /// The kernel.
    fn kernel(dtype: DType, along: Along, reverse: bool) -> Result<Kernel>;
    /// The gradient of x.
    fn derivative(cx: &mut Vjp<'_>, axis: usize, reverse: bool) -> Result<Value>;
    /// Two rows of candle's as one.
    fn join(a: &Tensor, b: &Tensor) -> candle_core::Result<Tensor>;
}

/// An op of that kind.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Cumulative<J: Joining> {
    #[serde(default = "last")]
    axis: i64,
    #[serde(default)]
    reverse: bool,
    #[serde(skip)]
    kind: PhantomData<J>,
}

fn last() -> i64 {
    -1
}

impl<J: Joining> Op for Cumulative<J> {
    fn name(&self) -> &'static str {
        J::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        normalize_axis(J::NAME, self.axis, inputs[0].rank())?;
        Ok(vec![inputs[0].clone()])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let axis = normalize_axis(J::NAME, self.axis, cx.input(0).rank())?;
        J::derivative(cx, axis, self.reverse).map(|d| vec![Some(d)])
    }
}

impl<J: Joining> Lower for Cumulative<J> {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let along = Along::new(J::NAME, inputs[0], self.axis)?;
        J::kernel(inputs[0].dtype, along, self.reverse).map(Lowered::Kernel)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(axis) = normalize_axis(J::NAME, self.axis, x[0].rank()) else { return Ok(None) };
        if x[0].elem_count() == 0 || !tensors::floats(x) {
            return Ok(None);
        }
        let rows: Vec<Option<usize>> = (0..x[0].dim(axis)?).rev().map(Some).collect();
        let turned = |x: &Tensor| if self.reverse { tensors::pick(x, axis, &rows, 0.0) } else { Ok(x.clone()) };
        turned(&tensors::running(&turned(&x[0])?, axis, J::join)?).map(Some)
    }
}

/// Each row of rows from the one before, in their order: the bits of a sum depend on it.
fn kernel<T: Copy + Send + Sync + 'static>(
    along: Along,
    reverse: bool,
    join: impl Fn(T, T) -> T + Copy + Send + Sync + 'static,
) -> Kernel {
    let Along { n, inner, .. } = along;
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these specs.
        let (x, out) = unsafe { (io.input::<T>(0, along.len()), io.output::<T>(0, along.len())) };
        let block = (n * inner).max(1);
        for (x, out) in x.chunks_exact(block).zip(out.chunks_exact_mut(block)) {
            for step in 0..n {
                let (row, before) = if reverse { (n - 1 - step, n - step) } else { (step, step.wrapping_sub(1)) };
                for j in 0..inner {
                    let v = x[row * inner + j];
                    out[row * inner + j] = if step == 0 { v } else { join(out[before * inner + j], v) };
                }
            }
        }
    })
}

fn attrs(axis: usize, reverse: bool) -> String {
    serde_json::json!({ "axis": axis, "reverse": reverse }).to_string()
}

/// Σ of the elements up to each one.
#[derive(Debug)]
pub struct Sum;

impl Joining for Sum {
    const NAME: &'static str = "cumsum";
    const DOC: &'static str = "The sums of all elements up to each one along `axis`; reversed, from each one on.";

    fn kernel(dtype: DType, along: Along, reverse: bool) -> Result<Kernel> {
        Ok(match dtype {
            DType::F32 => kernel(along, reverse, |a: f32, b| a + b),
            DType::F64 => kernel(along, reverse, |a: f64, b| a + b),
            d => for_dtype!(int, Self::NAME, d, T => kernel(along, reverse, T::wrapping_add)),
        })
    }

    fn derivative(cx: &mut Vjp<'_>, axis: usize, reverse: bool) -> Result<Value> {
        let g = cx.grad();
        cx.graph.op(Self::NAME, &attrs(axis, !reverse), &[g])
    }

    fn join(a: &Tensor, b: &Tensor) -> candle_core::Result<Tensor> {
        a + b
    }
}

/// ∏ of the elements up to each one.
#[derive(Debug)]
pub struct Product;

impl Joining for Product {
    const NAME: &'static str = "cumprod";
    const DOC: &'static str = "The products of all elements up to each one along `axis`; reversed, from each one on.";

    fn kernel(dtype: DType, along: Along, reverse: bool) -> Result<Kernel> {
        Ok(match dtype {
            DType::F32 => kernel(along, reverse, |a: f32, b| a * b),
            DType::F64 => kernel(along, reverse, |a: f64, b| a * b),
            d => for_dtype!(int, Self::NAME, d, T => kernel(along, reverse, T::wrapping_mul)),
        })
    }

    /// Of xᵢ the sum of ḡⱼ yⱼ / xᵢ over the products it is part of. At the first zero the products without it are taken; beyond it
    /// every product holds that zero.
    fn derivative(cx: &mut Vjp<'_>, axis: usize, reverse: bool) -> Result<Value> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let graph = &mut *cx.graph;
        let (zero, one) = (graph.number(0.0, x)?, graph.number(1.0, x)?);
        let is_zero = graph.apply("equal", &[x, zero])?;
        let counted = graph.cast(is_zero, DType::I32)?;
        let count = graph.op("cumsum", &attrs(axis, reverse), &[counted])?;
        let single = graph.number(1.0, count)?;
        let first = graph.apply("equal", &[count, single])?;
        let first = graph.apply("logical_and", &[first, is_zero])?;
        let without = graph.select(first, one, x)?;
        let safe = graph.select(is_zero, one, x)?;
        let over = |graph: &mut Graph, x: Value| {
            let y = graph.op(Self::NAME, &attrs(axis, reverse), &[x])?;
            let weighted = graph.mul(g, y)?;
            graph.op("cumsum", &attrs(axis, !reverse), &[weighted])
        };
        let (with, at_first) = (over(graph, x)?, over(graph, without)?);
        let with = graph.div(with, safe)?;
        graph.select(first, at_first, with)
    }

    fn join(a: &Tensor, b: &Tensor) -> candle_core::Result<Tensor> {
        a * b
    }
}

impl<J: Joining> Define for Cumulative<J> {
    const NAME: &'static str = J::NAME;
    const DOC: &'static str = J::DOC;
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number", "-1", "The axis to go along."),
        param("reverse", "boolean", "false", "Whether to begin at the end."),
    ];
    const PROMOTE: Promote = Promote::Number;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], 0.5, 2.0),
            Sample::new(r#"{"axis":0}"#).f32(&[4, 3], -2.0, -0.5),
            Sample::new(r#"{"axis":1,"reverse":true}"#).f32(&[2, 3, 2], 0.5, 2.0),
            Sample::new("{}").with(DType::F32, &[2, 4], [2.0, 0.0, 3.0, 4.0, 1.0, 0.0, 0.0, 5.0]).kink(),
            Sample::new("{}").f32(&[0, 2], 0.5, 2.0),
            Sample::new("{}").f32(&[2, 0], 0.5, 2.0),
            Sample::new("{}").with(DType::Bool, &[3], [1.0, 0.0, 1.0]),
            Sample::new("{}").with(DType::I8, &[3], [100.0, 100.0, 2.0]),
        ]
    }
}
