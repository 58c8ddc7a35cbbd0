//! The reverse pass with this crate's ops: [`kerosene_autodiff`] knows none by name, here it is told two.

use crate::{GraphOps, movement};
use kerosene_autodiff::Algebra;
use kerosene_ir::{Error, Graph, Op, Result, Spec, Value, Vjp};

/// Sums by `add`, ones by broadcasting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Algebra for Standard {
    fn add(&self, graph: &mut Graph, x: Value, y: Value) -> Result<Value> {
        graph.add(x, y)
    }

    fn ones(&self, graph: &mut Graph, spec: &Spec) -> Result<Value> {
        movement::full(graph, spec, 1.0)
    }
}

/// The gradients of `Σ seedᵢ · targetᵢ` with respect to each of `wrt`; `None` where a value does not depend on it through
/// differentiable ops. A missing seed is ones.
///
/// # Errors
/// When a target is not of a floating dtype, a seed does not have its target's spec, or a rule fails.
pub fn gradients(
    graph: &mut Graph,
    targets: &[Value],
    seeds: &[Option<Value>],
    wrt: &[Value],
) -> Result<Vec<Option<Value>>> {
    kerosene_autodiff::gradients(graph, &Standard, targets, seeds, wrt)
}

/// The derivative of a fused op by way of its expansion, for ops whose second derivative nobody is in a hurry for.
pub(crate) fn through_expansion(op: &dyn Op, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
    // Fresh names for the inputs: one of them may depend on another, and only the direct dependence is asked for.
    let inputs: Vec<Value> = cx.inputs.iter().map(|&v| cx.graph.apply("identity", &[v])).collect::<Result<_>>()?;
    let outputs = op
        .expand(cx.graph, &inputs)
        .ok_or_else(|| Error::internal(format!("{} has no expansion to differentiate.", op.name())))??;
    let (targets, seeds): (Vec<_>, Vec<_>) =
        outputs.into_iter().zip(cx.grads).filter_map(|(v, &g)| g.map(|g| (v, Some(g)))).unzip();
    let grads = gradients(cx.graph, &targets, &seeds, &inputs)?;
    Ok(grads.into_iter().zip(cx.needs).map(|(g, &needed)| g.filter(|_| needed)).collect())
}
