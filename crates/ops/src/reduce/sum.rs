//! Σx over axes.

use crate::{
    Define, GraphOps, Lower, Lowered, Param, Sample,
    def::{self, param},
};
use kerosene_ir::{DType, Error, Graph, Op, Result, Shape, Spec, Value, Vjp, normalize_axes};
use kerosene_kernels::Kernel;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The sum over axes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    #[serde(default)]
    axis: Option<Vec<i64>>,
    #[serde(default)]
    keepdims: bool,
}

/// Records the sum over `axis`; nothing when there is no axis.
pub fn sum(graph: &mut Graph, x: Value, axis: &[usize], keepdims: bool) -> Result<Value> {
    if axis.is_empty() {
        return Ok(x);
    }
    let axis = Some(axis.iter().map(|&a| a as i64).collect());
    Ok(graph.push(Arc::new(Sum { axis, keepdims }), &[x])?[0])
}

/// Sums `x` down to the shape of `like`: the gradient of a broadcast.
pub fn sum_to(graph: &mut Graph, x: Value, like: Value) -> Result<Value> {
    let (from, to) = (graph.spec(x).shape.clone(), graph.spec(like).shape.clone());
    if from == to {
        return Ok(x);
    }
    let extra = from.len().checked_sub(to.len()).ok_or_else(|| Error::internal("sum_to: the target has more axes."))?;
    let lead: Vec<usize> = (0..extra).collect();
    let x = sum(graph, x, &lead, false)?;
    let ones: Vec<usize> = (0..to.len()).filter(|&i| to[i] == Some(1) && from[extra + i] != Some(1)).collect();
    sum(graph, x, &ones, true)
}

/// The shape with the axes gone (or 1).
pub fn reduced(who: &str, x: &Spec, axis: Option<&[i64]>, keepdims: bool) -> Result<Shape> {
    let axes = normalize_axes(who, axis, x.rank())?;
    Ok(x.shape
        .iter()
        .enumerate()
        .filter_map(|(i, &d)| if axes.contains(&i) { keepdims.then_some(Some(1)) } else { Some(d) })
        .collect())
}

impl Op for Sum {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let shape = reduced(Self::NAME, inputs[0], self.axis.as_deref(), self.keepdims)?;
        Ok(vec![Spec { dtype: inputs[0].dtype, shape }])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x) = (cx.grad(), cx.input(0).clone());
        let kept = reduced(Self::NAME, &x, self.axis.as_deref(), true)?;
        let kept = serde_json::json!({ "shape": kept.as_slice() }).to_string();
        let full = serde_json::json!({ "shape": x.shape.as_slice() }).to_string();
        let g = cx.graph.op("reshape", &kept, &[g])?;
        Ok(vec![Some(cx.graph.op("broadcast_to", &full, &[g])?)])
    }
}

impl Lower for Sum {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let shape = inputs[0].dims(Self::NAME)?;
        let axes = normalize_axes(Self::NAME, self.axis.as_deref(), shape.len())?;
        if inputs[0].dtype != DType::F32 {
            return Err(crate::elementwise::operand::unsupported(Self::NAME, inputs[0].dtype));
        }
        let n_out = outputs[0].len().unwrap_or(0);
        let n_in: usize = shape.iter().product();
        Ok(Lowered::Kernel(Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, out) = unsafe { (io.input::<f32>(0, n_in), io.output::<f32>(0, n_out)) };
            out.fill(0.0);
            for (i, v) in x.iter().enumerate() {
                let (mut rest, mut at, mut step) = (i, 0, 1);
                for (d, &n) in shape.iter().enumerate().rev() {
                    if !axes.contains(&d) {
                        at += rest % n * step;
                        step *= n;
                    }
                    rest /= n;
                }
                out[at] += v;
            }
        })))
    }
}

impl Define for Sum {
    const NAME: &'static str = "sum";
    const DOC: &'static str = "The sum of the elements over `axis` (all axes when null).";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number | number[] | null", "null", "Axes to sum over; negative ones count from the end."),
        param("keepdims", "boolean", "false", "Keep the summed axes with length 1."),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":[0]}"#).f32(&[5, 3], -2.0, 2.0),
            Sample::new(r#"{"axis":[-1],"keepdims":true}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":[0,2]}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":[0]}"#).f32(&[0, 3], 0.0, 1.0),
        ]
    }
}
