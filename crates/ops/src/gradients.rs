//! The reverse pass with this crate's ops: [`kerosene_autodiff`] knows none by name, here it is told two.

use crate::{GraphOps, movement};
use kerosene_autodiff::Algebra;
use kerosene_ir::{Error, Graph, Op, Result, Spec, Value, Vjp};
use std::ops::Range;

/// Sums by `add`, or side by side where they are gradients of neighbouring slices; ones by broadcasting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Algebra for Standard {
    fn add(&self, graph: &mut Graph, x: Value, y: Value) -> Result<Value> {
        match movement::joined(graph, x, y) {
            Some(whole) => whole,
            None => graph.add(x, y),
        }
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
    gradients_within(graph, targets, seeds, wrt, &[])
}

/// [`gradients`] through what was recorded in these spans of values only.
///
/// # Errors
/// As [`gradients`].
pub fn gradients_within(
    graph: &mut Graph,
    targets: &[Value],
    seeds: &[Option<Value>],
    wrt: &[Value],
    within: &[Range<u32>],
) -> Result<Vec<Option<Value>>> {
    kerosene_autodiff::gradients(graph, &Standard, targets, seeds, wrt, within)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;
    use kerosene_ir::DType;

    fn scalar() -> Spec {
        Spec::new(DType::F64, [])
    }

    #[test]
    fn gradients_stay_within_their_spans() {
        let mut g = Graph::new();
        let x = g.input(scalar());
        let before = g.mul(x, x).unwrap();
        let start = g.len() as u32;
        let y = g.mul(before, x).unwrap();
        let span = start..g.len() as u32;
        let within = gradients_within(&mut g, &[y], &[], &[x], std::slice::from_ref(&span)).unwrap();
        // Through the span alone dy/dx is x², one product with the seed; the whole has more terms.
        let ops = |g: &Graph, v: Value| Body::extract(g, &[x, before], &[v]).unwrap().reads();
        assert_eq!(ops(&g, within[0].unwrap()), [false, true]);
        let whole = gradients(&mut g, &[y], &[], &[x]).unwrap();
        assert_eq!(ops(&g, whole[0].unwrap()), [true, true]);
        // What lies before the span cannot be reached through it, a value in between can.
        assert!(gradients_within(&mut g, &[before], &[], &[x], std::slice::from_ref(&span)).unwrap()[0].is_none());
        assert!(gradients_within(&mut g, &[y], &[], &[before], &[span]).unwrap()[0].is_some());
    }

    #[test]
    fn gradients_of_neighbouring_slices_lie_side_by_side() {
        // Slices (start, length) of a row of six, and what their gradients become: the op, and how many values it joins.
        let cases = [
            (vec![(0, 2), (2, 3), (5, 1)], "concatenate", 3),
            (vec![(5, 1), (2, 3), (0, 2)], "concatenate", 3),
            (vec![(2, 3), (0, 2)], "pad", 1),
            (vec![(0, 2), (3, 3)], "add", 2),
            (vec![(0, 4), (3, 3)], "add", 2),
        ];
        for (slices, op, inputs) in cases {
            let mut g = Graph::new();
            let x = g.input(Spec::known(DType::F64, &[2, 6]));
            let parts: Vec<Value> = slices
                .iter()
                .map(|(start, n)| g.op("slice", &format!(r#"{{"start":[0,{start}],"size":[2,{n}]}}"#), &[x]).unwrap())
                .collect();
            let seeds: Vec<Option<Value>> = parts.iter().map(|&v| Some(g.input(g.spec(v).clone()))).collect();
            let d = gradients(&mut g, &parts, &seeds, &[x]).unwrap()[0].unwrap();
            let node = g.node(g.producer(d));
            assert_eq!((node.op().unwrap().name(), node.inputs.len()), (op, inputs), "{slices:?}");
            assert_eq!(g.spec(d), g.spec(x));
        }
    }

    #[test]
    fn a_part_of_a_graph_is_put_into_another_with_its_specs_anew() {
        let mut g = Graph::new();
        let open = g.input(Spec::new(DType::F32, [None, Some(2)]));
        let y = g.scale(open, 3.0).unwrap();
        let sum = g.sum(y, &[0], false).unwrap();
        let body = Body::extract(&g, &[open], &[y, sum]).unwrap();
        assert_eq!(body.reads(), [true]);
        let mut other = Graph::new();
        let x = other.input(Spec::new(DType::F32, [Some(5), Some(2)]));
        let made = body.inline(&mut other, &[x]).unwrap();
        assert_eq!(other.spec(made[0]).shape[..], [Some(5), Some(2)]);
        assert_eq!(other.spec(made[1]).shape[..], [Some(2)]);
        assert!(body.inline(&mut other, &[]).is_err());
    }
}
