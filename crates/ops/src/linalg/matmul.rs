//! x · y, the matrix product

use super::layout::Layout;
use crate::{
    Define, GraphOps, Lower, Lowered, Param, Promote, Sample,
    def::{self, param},
    for_dtype,
};
use kerosene_ir::{DType, Dim, Graph, Op, Result, Spec, Traits, Value, Vjp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A (batched) matrix product, of transposed operands if asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matmul {
    #[serde(default)]
    transpose_a: bool,
    #[serde(default)]
    transpose_b: bool,
}

/// Records the product.
pub fn matmul(graph: &mut Graph, x: Value, y: Value, transpose_a: bool, transpose_b: bool) -> Result<Value> {
    Ok(graph.push(Arc::new(Matmul { transpose_a, transpose_b }), &[x, y])?[0])
}

impl Op for Matmul {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        Layout::new(inputs, self.transpose_a, self.transpose_b).map(|l| vec![l.output])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn flops(&self, inputs: &[&Spec], outputs: &[&Spec]) -> f64 {
        let x = &inputs[0].shape;
        let inner = if self.transpose_a && x.len() > 1 { x[x.len() - 2] } else { x.last().copied().flatten() };
        2.0 * outputs[0].len().unwrap_or(0) as f64 * inner.unwrap_or(0) as f64
    }

    /// Σ aᵢᵀ · bᵢ is the product of the matrices with the rows of all: one product for the gradient of a weight.
    fn sum_over(&self, graph: &mut Graph, stacks: &[Value]) -> Option<Result<Value>> {
        if !self.transpose_a || self.transpose_b {
            return None;
        }
        let rows = |v: &Value| match graph.spec(*v).shape[..] {
            [Some(t), Some(rows), Some(columns)] => Some([Some(t.checked_mul(rows)?), Some(columns)]),
            _ => None,
        };
        let shapes = stacks.iter().map(rows).collect::<Option<Vec<_>>>()?;
        let flat = stacks.iter().zip(shapes).map(|(&v, shape)| graph.reshape(v, &shape)).collect::<Result<Vec<_>>>();
        Some(flat.and_then(|f| graph.matmul(f[0], f[1], true, false)))
    }

    fn swapped(&self) -> Option<(Arc<dyn Op>, usize)> {
        let op = Self { transpose_b: false, ..*self };
        self.transpose_b.then(|| (Arc::new(op) as Arc<dyn Op>, 1))
    }

    fn at_all_steps(&self, along: &[bool], ranks: &[usize]) -> bool {
        // More matrices on the left meet the one on the right.
        along == [true, false] && ranks[0] >= 2 && ranks[1] == 2 && !self.transpose_a
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let layout = Layout::new(&[cx.input(0), cx.input(1)], self.transpose_a, self.transpose_b)?;
        // Vectors become the matrices they stand for, and their gradients vectors again.
        let (g, a, b) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let g = cx.graph.reshape(g, &layout.matrix)?;
        let (x, y) = (cx.graph.reshape(a, &layout.a)?, cx.graph.reshape(b, &layout.b)?);
        let (ta, tb) = (layout.transpose_a, layout.transpose_b);
        let mut out = vec![None, None];
        if cx.needs[0] {
            let d = if ta { cx.graph.matmul(y, g, tb, true)? } else { cx.graph.matmul(g, y, false, !tb)? };
            let d = cx.graph.sum_to(d, x)?;
            let shape = cx.input(0).shape.clone();
            out[0] = Some(cx.graph.reshape(d, &shape)?);
        }
        if cx.needs[1] {
            // Many matrices against one: its gradient is one product over the rows of all of them.
            let (x, g) = match (rows(cx.graph, x), rows(cx.graph, g)) {
                (Some(x_rows), Some(g_rows)) if !ta && cx.graph.spec(y).rank() == 2 => {
                    (cx.graph.reshape(x, &x_rows)?, cx.graph.reshape(g, &g_rows)?)
                }
                _ => (x, g),
            };
            let d = if tb { cx.graph.matmul(g, x, true, ta)? } else { cx.graph.matmul(x, g, !ta, false)? };
            let d = cx.graph.sum_to(d, y)?;
            let shape = cx.input(1).shape.clone();
            out[1] = Some(cx.graph.reshape(d, &shape)?);
        }
        Ok(out)
    }
}

/// The shape of all rows of some matrices as one matrix, where it is known.
fn rows(graph: &Graph, x: Value) -> Option<[Dim; 2]> {
    let (last, lead) = graph.spec(x).shape.split_last()?;
    let rows = lead.iter().try_fold(1usize, |n, d| n.checked_mul((*d)?))?;
    Some([Some(rows), Some((*last)?)])
}

impl Lower for Matmul {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let product = Layout::new(inputs, self.transpose_a, self.transpose_b)?.product()?;
        Ok(Lowered::Kernel(match inputs[0].dtype {
            DType::F32 => product.real::<f32>(),
            DType::F64 => product.real::<f64>(),
            DType::Bool => product.plain(0u8, |c, a, b| c | (a & b)),
            d => {
                for_dtype!(int, Self::NAME, d, T => product.plain(0, |c: T, a: T, b: T| c.wrapping_add(a.wrapping_mul(b))))
            }
        }))
    }

    fn candle(&self, x: &[candle_core::Tensor]) -> crate::lower::Candle {
        if !crate::tensors::floats(x) || x.iter().any(|t| t.elem_count() == 0) {
            return Ok(None);
        }
        let (row, column) = (x[0].rank() == 1, x[1].rank() == 1);
        let a = if row { x[0].unsqueeze(0)? } else { x[0].clone() };
        let b = if column { x[1].unsqueeze(1)? } else { x[1].clone() };
        let a = if self.transpose_a && !row { a.t()? } else { a };
        let b = if self.transpose_b && !column { b.t()? } else { b };
        let y = batched(&a, &b)?;
        let y = if column { y.squeeze(y.rank() - 1)? } else { y };
        if row { y.squeeze(y.rank() - if column { 1 } else { 2 }) } else { Ok(y) }.map(Some)
    }
}

/// candle's product of two stacks of matrices, whose leading axes broadcast; it takes one such axis.
fn batched(a: &candle_core::Tensor, b: &candle_core::Tensor) -> candle_core::Result<candle_core::Tensor> {
    let [m, k] = [2, 1].map(|i| a.dims()[a.rank() - i]);
    let n = b.dims()[b.rank() - 1];
    let lead = |t: &candle_core::Tensor| candle_core::Shape::from(&t.dims()[..t.rank() - 2]);
    let shape = lead(a).broadcast_shape_binary_op(&lead(b), "matmul")?;
    let stack = |t: &candle_core::Tensor, rows: usize, columns: usize| {
        let all = t.broadcast_as([shape.dims(), &[rows, columns]].concat())?;
        all.contiguous()?.reshape((shape.elem_count(), rows, columns))
    };
    stack(a, m, k)?.matmul(&stack(b, k, n)?)?.reshape([shape.dims(), &[m, n]].concat())
}

impl Define for Matmul {
    const NAME: &'static str = "matmul";
    const DOC: &'static str = "The matrix product of x1 (…, m, k) and x2 (…, k, n): (…, m, n); leading axes broadcast. A vector \
        is a row on the left, a column on the right, and its axis is gone from the result.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PARAMS: &'static [Param] = &[
        param("transpose_a", "boolean", "false", "Take x1 with its last two axes swapped."),
        param("transpose_b", "boolean", "false", "Take x2 with its last two axes swapped."),
    ];
    const PROMOTE: Promote = Promote::Common(0);

    fn samples() -> Vec<Sample> {
        let case = |attrs: &str, a: &[usize], b: &[usize]| Sample::new(attrs).f32(a, -1.0, 1.0).f32(b, -1.0, 1.0);
        vec![
            case("{}", &[3, 4], &[4, 2]),
            case("{}", &[2, 1, 3, 2, 4], &[3, 3, 4, 2]),
            case(r#"{"transpose_a":true}"#, &[4, 3], &[4, 2]),
            case(r#"{"transpose_b":true}"#, &[3, 4], &[2, 4]),
            case(r#"{"transpose_a":true,"transpose_b":true}"#, &[4, 3], &[2, 4]),
            case("{}", &[5, 3, 4], &[4, 2]),
            case(r#"{"transpose_b":true}"#, &[2, 1, 3, 4], &[5, 2, 4]),
            case(r#"{"transpose_a":true}"#, &[3, 4], &[2, 3, 5]),
            case("{}", &[4], &[4]),
            case("{}", &[4], &[2, 4, 3]),
            case(r#"{"transpose_b":true}"#, &[2, 3, 4], &[4]),
            case("{}", &[0, 4], &[4, 2]),
            case("{}", &[3, 0], &[0, 2]),
            case("{}", &[0, 3, 4], &[4, 2]),
            case("{}", &[70, 33], &[33, 65]),
            Sample::new("{}").with(DType::I32, &[1, 2], [2.0, 3.0]).with(DType::I32, &[2, 1], [5.0, -7.0]),
            Sample::new("{}").with(DType::U8, &[2, 2], [2.0, 3.0, 200.0, 1.0]).with(DType::U8, &[2], [100.0, 2.0]),
        ]
    }
}
