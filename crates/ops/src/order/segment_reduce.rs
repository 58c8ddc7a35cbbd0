//! The largest, smallest, or product of the rows at each place

use super::prelude::*;
use crate::index::{check_indices, place};
use kerosene_ir::Literal;

/// What is taken of the rows of one place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Max,
    Min,
    Prod,
}

/// The largest, smallest, or product of the rows at each place
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentReduce {
    kind: Kind,
    size: usize,
}

impl Op for SegmentReduce {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (indices, updates) = (inputs[0], inputs[1]);
        check_indices(Self::NAME, indices)?;
        let fits = indices.rank() == 1 && updates.rank() > 0;
        if !fits || matches!((indices.shape[0], updates.shape[0]), (Some(a), Some(b)) if a != b) {
            return Err(Error::value(format!(
                "segment_reduce: {indices} must name a place for each row of {updates}."
            )));
        }
        let shape = [Some(self.size)].into_iter().chain(updates.shape[1..].iter().copied());
        Ok(vec![Spec::new(updates.dtype, shape)])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, indices, updates) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let d = if self.kind == Kind::Prod {
            self.of_product(cx.graph, g, indices, updates)?
        } else {
            self.of_extreme(cx.graph, g, indices, updates, cx.outputs[0])?
        };
        Ok(vec![None, Some(d)])
    }
}

impl SegmentReduce {
    fn added(&self, graph: &mut Graph, indices: Value, rows: Value) -> Result<Value> {
        graph.op("scatter_add", &serde_json::json!({ "size": self.size }).to_string(), &[indices, rows])
    }

    /// Shared evenly among those that tie.
    fn of_extreme(&self, graph: &mut Graph, g: Value, indices: Value, updates: Value, y: Value) -> Result<Value> {
        let chosen = graph.apply("gather", &[y, indices])?;
        let hit = graph.apply("equal", &[updates, chosen])?;
        let dtype = graph.spec(updates).dtype;
        let hit = graph.cast(hit, dtype)?;
        let count = self.added(graph, indices, hit)?;
        let one = graph.number(1.0, count)?;
        let count = graph.apply("maximum", &[count, one])?;
        let share = graph.div(g, count)?;
        let share = graph.apply("gather", &[share, indices])?;
        // Rows outside got NaN there and were not chosen.
        let (zero, none) = (graph.number(0.0, hit)?, graph.number(0.0, share)?);
        let missed = graph.apply("equal", &[hit, zero])?;
        graph.select(missed, none, share)
    }

    /// The products of the others; where others are zero, 0.
    fn of_product(&self, graph: &mut Graph, g: Value, indices: Value, updates: Value) -> Result<Value> {
        let (zero, one) = (graph.number(0.0, updates)?, graph.number(1.0, updates)?);
        let is_zero = graph.apply("equal", &[updates, zero])?;
        let safe = graph.select(is_zero, one, updates)?;
        let products = graph.op(Self::NAME, &def::attrs(self), &[indices, safe])?;
        let dtype = graph.spec(updates).dtype;
        let zeros = graph.cast(is_zero, dtype)?;
        let count = self.added(graph, indices, zeros)?;
        let count = graph.apply("gather", &[count, indices])?;
        let others = graph.apply("equal", &[count, zeros])?;
        let weighted = graph.mul(g, products)?;
        let rows = graph.apply("gather", &[weighted, indices])?;
        let rows = graph.div(rows, safe)?;
        graph.select(others, rows, zero)
    }
}

impl Lower for SegmentReduce {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let updates = inputs[1].dims(Self::NAME)?;
        let (rows, row): (usize, usize) = (updates[0], updates[1..].iter().product());
        let (size, index, kind, total) = (self.size, inputs[0].dtype, self.kind, self.size * row);
        let empty = Literal::scalar(
            outputs[0].dtype,
            match kind {
                Kind::Max => f64::NEG_INFINITY,
                Kind::Min => f64::INFINITY,
                Kind::Prod => 1.0,
            },
        )?;
        let empty = empty.bytes().to_vec();
        Ok(Lowered::Kernel(for_dtype!(number, Self::NAME, outputs[0].dtype, T => {
            let empty = T::from_ne_bytes(empty.try_into().expect("one element"));
            let join = move |a: T, b: T| match kind {
                Kind::Max => if order(&b, &a) == Ordering::Greater { b } else { a },
                // NaN, the last in order, wins here too.
                Kind::Min => if is_nan(&b) || order(&b, &a) == Ordering::Less && !is_nan(&a) { b } else { a },
                Kind::Prod => Product::times(a, b),
            };
            Kernel::new(move |io| {
                // SAFETY: the plan gives buffers of these specs.
                let (x, out) = unsafe { (io.input::<T>(1, rows * row), io.output::<T>(0, total)) };
                out.fill(empty);
                for i in 0..rows {
                    // SAFETY: there is one index for each row.
                    let Some(p) = (unsafe { place(io.inputs[0], index, i, size) }) else { continue };
                    let to = &mut out[p * row..(p + 1) * row];
                    to.iter_mut().zip(&x[i * row..(i + 1) * row]).for_each(|(o, &v)| *o = join(*o, v));
                }
            })
        })))
    }
}

#[allow(clippy::eq_op, reason = "only NaN differs from itself")]
fn is_nan<T: PartialEq>(x: &T) -> bool {
    x != x
}

/// Products that wrap among integers.
trait Product {
    fn times(self, other: Self) -> Self;
}

macro_rules! product {
    ($($T:ty: $a:ident, $b:ident => $e:expr),*) => {
        $(impl Product for $T {
            fn times(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $e
            }
        })*
    };
}
product!(f32: a, b => a * b, f64: a, b => a * b);
product!(u8: a, b => a.wrapping_mul(b), u16: a, b => a.wrapping_mul(b), u32: a, b => a.wrapping_mul(b));
product!(u64: a, b => a.wrapping_mul(b), i8: a, b => a.wrapping_mul(b), i16: a, b => a.wrapping_mul(b));
product!(i32: a, b => a.wrapping_mul(b), i64: a, b => a.wrapping_mul(b));

impl Define for SegmentReduce {
    const NAME: &'static str = "segment_reduce";
    const DOC: &'static str = "For each of `size` places the largest, the smallest or the product of the rows of `updates` that \
        `indices` send there; where none goes −∞, ∞ (the least or largest integer) or 1. A row whose index is outside goes nowhere.";
    const INPUTS: &'static [&'static str] = &["indices", "updates"];
    const PARAMS: &'static [Param] = &[
        param("kind", "\"max\" | \"min\" | \"prod\"", "", "What is taken of the rows."),
        param("size", "number", "", "The number of places."),
    ];

    fn samples() -> Vec<Sample> {
        let kinds = ["max", "min", "prod"];
        let attrs = |k: &str, n: usize| format!(r#"{{"kind":"{k}","size":{n}}}"#);
        let mut all = vec![];
        for k in kinds {
            let four = [1.0, 0.0, 1.0, 1.0];
            all.push(Sample::new(attrs(k, 2)).with(DType::I32, &[4], four).f32(&[4, 2], -1.0, 1.0));
            all.push(Sample::new(attrs(k, 3)).with(DType::I64, &[4], [1.0, -1.0, 5.0, 1.0]).f32(&[4], 0.5, 2.0).kink());
            all.push(Sample::new(attrs(k, 2)).with(DType::I32, &[0], []).f32(&[0, 2], -1.0, 1.0));
            let ties = [1.0, 0.0, 1.0, 0.0];
            all.push(Sample::new(attrs(k, 2)).with(DType::I32, &[4], four).with(DType::F32, &[4], ties).kink());
            let bad = [f64::NAN, 0.0, 1.0, 2.0];
            all.push(Sample::new(attrs(k, 2)).with(DType::I32, &[4], four).with(DType::F32, &[4], bad).kink());
            all.push(Sample::new(attrs(k, 3)).with(DType::I32, &[2], [0.0, 0.0]).with(DType::I32, &[2], [3.0, -4.0]));
        }
        all
    }
}
