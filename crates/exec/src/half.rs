//! Floats of 16 bits are kept, not computed with: an op that does not only move them is given its operands as float32, and its
//! results are rounded. Sums are thus taken in float32, and what is rounded is the result alone.

use kerosene_ir::{Graph, Op, Result, Spec, Value, rewrite};
use kerosene_ops::GraphOps;
use std::{borrow::Cow, sync::Arc};

/// A graph that runs, and `outputs` in it: the same one where it has no such floats.
pub(crate) fn widened<'a>(graph: &'a Graph, outputs: &'a [Value]) -> Result<(Cow<'a, Graph>, Cow<'a, [Value]>)> {
    for &v in outputs {
        graph.try_spec(v)?;
    }
    let half = |&v: &Value| graph.spec(v).dtype.is_half();
    if !graph.nodes().any(|(_, node)| node.outputs().any(|v| half(&v))) {
        return Ok((Cow::Borrowed(graph), Cow::Borrowed(outputs)));
    }
    let (graph, outputs) = rewrite(graph, outputs, |out, node, op, inputs| {
        let wanted: Vec<&Spec> = node.outputs().map(|v| graph.spec(v)).collect();
        let as_it_is = !node.inputs.iter().any(half) && !node.outputs().any(|v| half(&v));
        if as_it_is || runs(&**op, &node.inputs.iter().map(|&v| graph.spec(v)).collect::<Vec<_>>(), &wanted) {
            return Ok(out.push(op.clone(), inputs)?.to_vec());
        }
        in_float32(out, op, inputs, &wanted)
    })?;
    Ok((Cow::Owned(graph), Cow::Owned(outputs)))
}

/// Whether an op has code for these specs.
fn runs(op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> bool {
    kerosene_ops::lower(op).and_then(|op| op.lower(inputs, outputs)).is_ok()
}

fn in_float32(graph: &mut Graph, op: &Arc<dyn Op>, inputs: &[Value], wanted: &[&Spec]) -> Result<Vec<Value>> {
    let wide = |graph: &mut Graph, &v: &Value| match graph.spec(v).dtype.is_half() {
        true => graph.cast(v, kerosene_ir::DType::F32),
        false => Ok(v),
    };
    let inputs = inputs.iter().map(|v| wide(graph, v)).collect::<Result<Vec<_>>>()?;
    let made = graph.push(kerosene_ops::in_float32(op)?, &inputs)?;
    made.iter().zip(wanted).map(|(&v, spec)| graph.cast(v, spec.dtype)).collect()
}
