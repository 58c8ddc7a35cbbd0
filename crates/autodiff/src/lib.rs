//! Reverse-mode differentiation: writes gradients into the graph by asking each op for its rule, and knows none by name.
//!
//! Source: Griewank & Walther, *Evaluating Derivatives*, 2008, chapter 3 (the reverse mode).

use kerosene_ir::{Error, Graph, NodeId, Result, Spec, Value, Vjp};
use std::ops::Range;

/// The two constructions the reverse pass needs and cannot name.
pub trait Algebra {
    /// x + y
    fn add(&self, graph: &mut Graph, x: Value, y: Value) -> Result<Value>;
    /// A tensor of ones of this spec.
    fn ones(&self, graph: &mut Graph, spec: &Spec) -> Result<Value>;
}

/// The gradients of `Σ seedᵢ · targetᵢ` with respect to each of `wrt`; `None` where a value does not depend on it through
/// differentiable ops. A missing seed is ones.
///
/// `within` says through which nodes gradients go, by the numbers of their values: what was recorded in one of these spans,
/// or everything where there are none.
///
/// # Errors
/// When a target is not of a floating dtype, a seed does not have its target's spec, or a rule fails.
pub fn gradients(
    graph: &mut Graph,
    algebra: &dyn Algebra,
    targets: &[Value],
    seeds: &[Option<Value>],
    wrt: &[Value],
    within: &[Range<u32>],
) -> Result<Vec<Option<Value>>> {
    let open = |v: Value| within.is_empty() || within.iter().any(|span| span.contains(&v.0));
    for &v in targets.iter().chain(wrt) {
        graph.try_spec(v)?;
    }
    let needs = reachable(graph, wrt, &open);
    let mut grads: Vec<Option<Value>> = vec![None; graph.len()];
    for (i, &t) in targets.iter().enumerate() {
        let spec = graph.spec(t).clone();
        if !spec.dtype.is_float() {
            return Err(Error::dtype(format!("Gradients are taken of floating tensors, but the target is {spec}.")));
        }
        let seed = match seeds.get(i).copied().flatten() {
            Some(s) if *graph.try_spec(s)? == spec => s,
            Some(s) => return Err(Error::value(format!("The seed {} does not fit its target {spec}.", graph.spec(s)))),
            None => algebra.ones(graph, &spec)?,
        };
        accumulate(graph, algebra, &mut grads[t.0 as usize], seed)?;
    }
    let last = targets.iter().map(|&t| graph.producer(t).0).max();
    let outside = graph.enter(None);
    for id in (0..last.map_or(0, |l| l + 1)).rev().map(NodeId) {
        let node = graph.node(id);
        let scope = node.scope.clone();
        let Some(op) = node.op().cloned() else { continue };
        let outputs: Vec<Value> = node.outputs().collect();
        if !outputs.iter().any(|&v| open(v)) {
            continue;
        }
        let inputs = node.inputs.to_vec();
        let wanted: Vec<bool> = inputs.iter().map(|v| needs[v.0 as usize]).collect();
        let got: Vec<Option<Value>> = outputs.iter().map(|v| grads[v.0 as usize]).collect();
        if !wanted.contains(&true) || got.iter().all(Option::is_none) {
            continue;
        }
        // A derivative belongs to the layer it is taken of.
        graph.enter(scope);
        let out = op.vjp(&mut Vjp { graph, inputs: &inputs, outputs: &outputs, grads: &got, needs: &wanted })?;
        if out.len() != inputs.len() {
            return Err(Error::internal(format!(
                "The derivative of {} gave {} gradients for {} inputs.",
                op.name(),
                out.len(),
                inputs.len()
            )));
        }
        for ((d, &v), wanted) in out.into_iter().zip(&inputs).zip(wanted) {
            let Some(d) = d.filter(|_| wanted) else { continue };
            if graph.spec(d) != graph.spec(v) {
                let (d, v) = (graph.spec(d), graph.spec(v));
                return Err(Error::internal(format!("The derivative of {} gave {d} for an input of {v}.", op.name())));
            }
            accumulate(graph, algebra, &mut grads[v.0 as usize], d)?;
        }
    }
    graph.enter(outside);
    Ok(wrt.iter().map(|v| grads[v.0 as usize]).collect())
}

/// Which values depend on one of `wrt`, through floating tensors.
fn reachable(graph: &Graph, wrt: &[Value], open: &dyn Fn(Value) -> bool) -> Vec<bool> {
    let mut needs = vec![false; graph.len()];
    for v in wrt {
        needs[v.0 as usize] = true;
    }
    for (_, node) in graph.nodes() {
        if node.inputs.iter().any(|v| needs[v.0 as usize]) {
            for v in node.outputs().filter(|&v| open(v)) {
                needs[v.0 as usize] |= graph.spec(v).dtype.is_float();
            }
        }
    }
    needs
}

fn accumulate(graph: &mut Graph, algebra: &dyn Algebra, slot: &mut Option<Value>, d: Value) -> Result<()> {
    *slot = Some(match *slot {
        Some(g) => algebra.add(graph, g, d)?,
        None => d,
    });
    Ok(())
}
