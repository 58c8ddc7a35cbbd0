//! The ops of a graph one after the other, for an executor whose tensors look after their own memory.

use crate::{
    Runner, VariableUse,
    open::open,
    simplify::needed,
    work::{Source, Val},
};
use kerosene_ir::{Graph, Literal, Op, Result, Spec, Value};
use std::sync::Arc;

/// What is needed of a graph, each thing once, in an order in which it can be computed.
#[derive(Debug)]
pub struct List {
    /// Specs of the inputs.
    pub inputs: Vec<Spec>,
    /// Variables read or written.
    pub variables: Vec<VariableUse>,
    /// Constants that something reads.
    pub constants: Vec<Literal>,
    /// All values.
    pub values: Vec<(Spec, Origin)>,
    /// The ops.
    pub items: Vec<Item>,
    /// The value of each output.
    pub outputs: Vec<usize>,
    /// New values of variables, by their place among [`List::variables`].
    pub assigned: Vec<(usize, usize)>,
    /// How many ops have read or written each value before nobody needs it any more.
    pub last: Vec<usize>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The n-th input.
    Input(usize),
    /// The n-th constant.
    Constant(usize),
    /// What the n-th variable holds at the start.
    Variable(usize),
    /// One of the items.
    Item,
    /// The bytes of an earlier value under another spec.
    View(usize),
}

/// One op.
#[derive(Debug)]
pub struct Item {
    /// The op.
    pub op: Arc<dyn Op>,
    /// The values it reads.
    pub inputs: Vec<usize>,
    /// The values it computes.
    pub outputs: Vec<usize>,
}

/// Lists what `outputs` and the assignments of `graph` need.
///
/// # Errors
/// When a dimension is not known, a tensor is larger than any memory, or an op cannot run on its specs.
pub fn list(graph: &Graph, outputs: &[Value], runner: &dyn Runner) -> Result<List> {
    for &v in outputs {
        graph.try_spec(v)?;
    }
    let opened = open(graph, outputs)?;
    let (graph, outputs) = opened.as_ref().map_or((graph, outputs), |(g, o)| (g, &o[..]));
    let mut pass = needed(graph, outputs, runner)?;
    let assigned: Vec<(usize, Val)> =
        graph.assigns().map(|(id, v)| (pass.work.variable(id, graph.spec(v).clone()), pass.map[&v])).collect();
    let outputs: Vec<Val> = outputs.iter().map(|v| pass.map[v]).collect();
    let work = pass.work;
    let written = |at: usize| assigned.iter().any(|&(a, _)| a == at);
    let origin = |source: Source| match source {
        Source::Input(i) => Origin::Input(i),
        Source::Constant(i) => Origin::Constant(i),
        Source::Variable(i) => Origin::Variable(i),
        Source::Node(_) => Origin::Item,
        Source::View(of) => Origin::View(of),
    };
    let items: Vec<Item> = work
        .nodes
        .into_iter()
        .filter_map(|n| Some(Item { op: n.op?, inputs: n.inputs.to_vec(), outputs: n.outputs.to_vec() }))
        .collect();
    let variables = work.variables.into_iter().enumerate();
    let mut list = List {
        inputs: work.inputs,
        variables: variables.map(|(i, (id, spec))| VariableUse { id, spec, assigned: written(i) }).collect(),
        constants: work.constants,
        values: work.values.into_iter().map(|v| (v.spec, origin(v.source))).collect(),
        items,
        outputs,
        assigned,
        last: vec![],
    };
    list.last = list.lives();
    Ok(list)
}

impl List {
    /// After how many items a value may go; those that are wanted at the end stay.
    fn lives(&self) -> Vec<usize> {
        let mut last = vec![0; self.values.len()];
        for (i, item) in self.items.iter().enumerate() {
            item.inputs.iter().chain(&item.outputs).for_each(|&v| last[v] = i + 1);
        }
        for &v in self.outputs.iter().chain(self.assigned.iter().map(|(_, v)| v)) {
            last[v] = usize::MAX;
        }
        // What is looked at through a view lives as long as the view; views come after what they show.
        for v in (0..last.len()).rev() {
            if let Origin::View(of) = self.values[v].1 {
                last[of] = last[of].max(last[v]);
            }
        }
        last
    }
}
