//! Gradients of what every step gets: sums over the steps, taken at once when they are done where that is cheaper.

use kerosene_ir::{Dim, Error, Graph, Op, Result, Spec, Value};
use std::sync::Arc;

/// A sum over the steps that is computed from stacks of what the last op before it reads.
pub(super) struct Sum {
    op: Arc<dyn Op>,
    /// Other shapes of the same bytes, the last one first.
    views: Vec<Arc<dyn Op>>,
    /// What the op reads at each step.
    pub inputs: Vec<Value>,
}

impl Sum {
    /// How `d`, a value of one step, is summed up over so many steps; `None` where it must be added up step by step.
    pub fn new(step: &Graph, d: Value, steps: Dim) -> Option<Self> {
        let (mut views, mut v) = (vec![], d);
        loop {
            let node = step.node(step.producer(v));
            let op = node.op()?.clone();
            if op.traits().alias && node.inputs.len() == 1 {
                views.push(op);
                v = node.inputs[0];
                continue;
            }
            let mut trial = Graph::new();
            let stack = |x: &Value| {
                let s = step.spec(*x);
                trial.input(Spec::new(s.dtype, std::iter::once(steps).chain(s.shape.iter().copied())))
            };
            let stacks: Vec<Value> = node.inputs.iter().map(stack).collect();
            let sum = op.sum_over(&mut trial, &stacks)?.ok()?;
            return (trial.spec(sum) == step.spec(v)).then(|| Self { op, views, inputs: node.inputs.to_vec() });
        }
    }

    /// The sum, from stacks of the inputs.
    pub fn take(&self, graph: &mut Graph, stacks: &[Value]) -> Result<Value> {
        let sum = self.op.sum_over(graph, stacks);
        let mut v = sum.ok_or_else(|| Error::internal(format!("{} sums no more.", self.op.name())))??;
        for view in self.views.iter().rev() {
            v = graph.push(view.clone(), &[v])?[0];
        }
        Ok(v)
    }
}
