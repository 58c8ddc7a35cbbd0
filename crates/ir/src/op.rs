//! What an op answers to the stages that work on graphs. The stages ask; they never look at a name.

use crate::{Graph, Result, Spec, Value};
use std::any::Any;
use std::{fmt::Debug, sync::Arc};

/// An op with its attributes. Its formula, shape rule, derivative and kernels live together in one file of the ops crate.
pub trait Op: Any + Debug + Send + Sync {
    /// The wire name, which is the file's name too.
    fn name(&self) -> &'static str;

    /// The attributes as canonical JSON: equal text means equal op.
    fn attrs(&self) -> String {
        "{}".into()
    }

    /// The specs of the outputs, or a clear error. Unknown dimensions flow through.
    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>>;

    /// Answers for the shared passes.
    fn traits(&self) -> Traits {
        Traits::default()
    }

    /// Floating multiplications and additions, for profiles: one for each element of an elementwise op, none where an op does not
    /// count its own.
    fn flops(&self, _inputs: &[&Spec], outputs: &[&Spec]) -> f64 {
        if self.traits().elementwise { outputs.iter().filter_map(|s| s.len()).sum::<usize>() as f64 } else { 0.0 }
    }

    /// The op written with other ops: the meaning of a composite, the reference of a fused primitive.
    fn expand(&self, _graph: &mut Graph, _inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        None
    }

    /// What is recorded instead of the op on these inputs: the same results (and perhaps others after them) for less work.
    fn instead(&self, _graph: &mut Graph, _inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        None
    }

    /// Whether the op, given stacks of what its inputs are at each step of a loop (along a new first axis) where `along` says so and
    /// else what they are at every step, gives the stack of its results. `ranks` are those at one step.
    fn at_all_steps(&self, along: &[bool], ranks: &[usize]) -> bool {
        let most = ranks.iter().max();
        self.traits().elementwise && along.iter().zip(ranks).all(|(along, rank)| !along || Some(rank) == most)
    }

    /// The op that takes one of its inputs with the last two axes swapped, and which: cheaper, where a loop can swap them once before.
    fn swapped(&self) -> Option<(Arc<dyn Op>, usize)> {
        None
    }

    /// The op with fewer outputs: those that are `used`, of which there is one at least. `None` when it cannot leave any out.
    fn prune(&self, _used: &[bool]) -> Option<Arc<dyn Op>> {
        None
    }

    /// The sum of the op's results over a loop, from stacks of what its inputs are at each step (along a new first axis), where
    /// that is cheaper than adding them up step by step.
    fn sum_over(&self, _graph: &mut Graph, _stacks: &[Value]) -> Option<Result<Value>> {
        None
    }

    /// The vector-Jacobian product: for each input the gradient, or `None` where there is none (integers, comparisons).
    /// Called only when some input needs a gradient and some output has one.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>>;
}

/// Answers of an op to the shared passes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traits {
    /// Every output element depends only on the (broadcast) input elements at its place.
    pub elementwise: bool,
    /// Every output element depends only on its place and on the inputs, of which each has eight bytes in all: an elementwise function
    /// of these bytes as one number, where an executor knows places.
    pub placed: bool,
    /// The order of the two inputs does not matter.
    pub commutative: bool,
    /// The output has the bytes of input 0 under another shape.
    pub alias: bool,
    /// The kernel reports ranges of its one output as they are finished, so that an elementwise tail can follow while they are hot.
    pub tail: bool,
    /// The kernel takes input 0 in parts, so that it can follow the step that computes it, each part while it is hot.
    pub follows: bool,
    /// The output may be written over input 0 when nobody else reads it.
    pub in_place: bool,
    /// Not folded even when its inputs are constant, because the result is large (broadcasts, iota).
    pub keep: bool,
    /// Many small pieces of work one after the other, which keep one thread busy and no others: better run beside its like.
    pub serial: bool,
    /// An elementwise function that costs more than reading its result from memory.
    pub dear: bool,
    /// The planner takes its expansion instead, whose parts fuse with what is around or are shared with another such op.
    pub open: bool,
}

/// What a derivative rule gets to see.
pub struct Vjp<'a> {
    /// The graph the gradient is written into.
    pub graph: &'a mut Graph,
    /// The node's inputs.
    pub inputs: &'a [Value],
    /// The node's outputs.
    pub outputs: &'a [Value],
    /// Gradients of the outputs; `None` where an output is not used.
    pub grads: &'a [Option<Value>],
    /// Which inputs need a gradient; work for the others is wasted.
    pub needs: &'a [bool],
}

impl Vjp<'_> {
    /// The gradient of the first output (the only one of most ops).
    pub fn grad(&self) -> Value {
        self.grads[0].expect("vjp is called with a gradient for the only output")
    }

    /// The spec of an input.
    pub fn input(&self, i: usize) -> &Spec {
        self.graph.spec(self.inputs[i])
    }
}
