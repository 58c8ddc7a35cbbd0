//! x · y, the matrix product.

use crate::{
    Define, GraphOps, Lower, Lowered, Param, Promote, Sample,
    def::{self, param},
};
use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Traits, Value, Vjp, broadcast_shapes, format_shape};
use kerosene_kernels::Kernel;
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
        let (a, b) = (inputs[0], inputs[1]);
        let bad = || {
            Error::value(format!(
                "matmul: shapes {} and {} do not fit: the last axis of the first must equal the second-to-last of the second.",
                format_shape(&a.shape),
                format_shape(&b.shape)
            ))
        };
        if a.rank() < 2 || b.rank() < 2 {
            return Err(bad());
        }
        let ends = |s: &Spec, t: bool| {
            let (r, c) = (s.shape[s.rank() - 2], s.shape[s.rank() - 1]);
            if t { (c, r) } else { (r, c) }
        };
        let ((m, ka), (kb, n)) = (ends(a, self.transpose_a), ends(b, self.transpose_b));
        if let (Some(x), Some(y)) = (ka, kb) {
            if x != y {
                return Err(bad());
            }
        }
        let mut shape = broadcast_shapes(Self::NAME, &[&a.shape[..a.rank() - 2], &b.shape[..b.rank() - 2]])?;
        shape.extend([m, n]);
        Ok(vec![Spec { dtype: a.dtype, shape }])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, a, b) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let (ta, tb) = (self.transpose_a, self.transpose_b);
        let mut out = vec![None, None];
        if cx.needs[0] {
            let d = if ta { cx.graph.matmul(b, g, tb, true)? } else { cx.graph.matmul(g, b, false, !tb)? };
            out[0] = Some(cx.graph.sum_to(d, a)?);
        }
        if cx.needs[1] {
            let d = if tb { cx.graph.matmul(g, a, true, ta)? } else { cx.graph.matmul(a, g, !ta, false)? };
            out[1] = Some(cx.graph.sum_to(d, b)?);
        }
        Ok(out)
    }
}

impl Lower for Matmul {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (a, b, c) = (inputs[0].dims(Self::NAME)?, inputs[1].dims(Self::NAME)?, outputs[0].dims(Self::NAME)?);
        if inputs[0].dtype != DType::F32 || c.len() != 2 || a.len() != 2 || b.len() != 2 {
            return Err(crate::elementwise::operand::unsupported(Self::NAME, inputs[0].dtype));
        }
        let (m, n) = (c[0], c[1]);
        let k = if self.transpose_a { a[0] } else { a[1] };
        let (ars, acs) = if self.transpose_a { (1, a[1]) } else { (a[1], 1) };
        let (brs, bcs) = if self.transpose_b { (1, b[1]) } else { (b[1], 1) };
        Ok(Lowered::Kernel(Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, y, out) =
                unsafe { (io.input::<f32>(0, m * k), io.input::<f32>(1, k * n), io.output::<f32>(0, m * n)) };
            for i in 0..m {
                for j in 0..n {
                    out[i * n + j] = (0..k).map(|l| x[i * ars + l * acs] * y[l * brs + j * bcs]).sum();
                }
            }
            io.finished(0..m * n);
        })))
    }
}

impl Define for Matmul {
    const NAME: &'static str = "matmul";
    const DOC: &'static str = "The matrix product of x1 (…, m, k) and x2 (…, k, n): (…, m, n); leading axes broadcast.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PARAMS: &'static [Param] = &[
        param("transpose_a", "boolean", "false", "Take x1 with its last two axes swapped."),
        param("transpose_b", "boolean", "false", "Take x2 with its last two axes swapped."),
    ];
    const PROMOTE: Promote = Promote::Common(0);

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], -1.0, 1.0).f32(&[4, 2], -1.0, 1.0),
            Sample::new(r#"{"transpose_a":true}"#).f32(&[4, 3], -1.0, 1.0).f32(&[4, 2], -1.0, 1.0),
            Sample::new(r#"{"transpose_b":true}"#).f32(&[3, 4], -1.0, 1.0).f32(&[2, 4], -1.0, 1.0),
            Sample::new(r#"{"transpose_a":true,"transpose_b":true}"#).f32(&[4, 3], -1.0, 1.0).f32(&[2, 4], -1.0, 1.0),
        ]
    }
}
