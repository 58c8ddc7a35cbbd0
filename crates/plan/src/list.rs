//! The ops of a graph one after the other, for an executor whose tensors look after their own memory. Elementwise ops that it fuses
//! come as groups.

use crate::{
    Group, Place, Runner, VariableUse,
    emit::group,
    fuse::fuse_elementwise,
    merge::merge,
    open::open,
    order::order,
    simplify::needed,
    units::{Unit, Units},
    work::{Source, Val, Work},
};
use kerosene_ir::{DType, Graph, Literal, Op, Result, Spec, Traits, Value};
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
    /// What to compute, in order.
    pub items: Vec<Item>,
    /// The value of each output.
    pub outputs: Vec<usize>,
    /// New values of variables, by their place among [`List::variables`].
    pub assigned: Vec<(usize, usize)>,
    /// How many items have read or written each value before nobody needs it any more.
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

/// One thing to compute.
#[derive(Debug)]
pub struct Item {
    /// How.
    pub what: What,
    /// The values it reads.
    pub inputs: Vec<usize>,
    /// The values it computes.
    pub outputs: Vec<usize>,
}

/// How an item's outputs are computed.
#[derive(Debug)]
pub enum What {
    /// By an op.
    Op(Arc<dyn Op>),
    /// By elementwise ops together. Its tensors are values of the list.
    Group(Group<usize>),
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
    let mut work = pass.work;
    let wanted: Vec<Val> = outputs.iter().chain(assigned.iter().map(|(_, v)| v)).copied().collect();
    prepare(&mut work, &wanted, runner)?;
    let mut units = fuse_elementwise(&work);
    merge(&work, &mut units);
    let items = order(&work, &units)?.0.into_iter().filter_map(|u| item(&work, &units, &units.list[u])).collect();
    let written = |at: usize| assigned.iter().any(|&(a, _)| a == at);
    let origin = |source: Source| match source {
        Source::Input(i) => Origin::Input(i),
        Source::Constant(i) => Origin::Constant(i),
        Source::Variable(i) => Origin::Variable(i),
        Source::Node(_) => Origin::Item,
        Source::View(of) => Origin::View(of),
    };
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

/// Leaves of the nodes' traits what counts here, and marks what must be in memory at the end.
/// Inputs of lanes that know their places become numbers.
fn prepare(work: &mut Work, wanted: &[Val], runner: &dyn Runner) -> Result<()> {
    for n in 0..work.nodes.len() {
        let specs = |values: &[Val]| -> Vec<&Spec> { values.iter().map(|&v| &work.values[v].spec).collect() };
        let node = &work.nodes[n];
        let fuses = |op: &Arc<dyn Op>| runner.fuses(&**op, &specs(&node.inputs), &specs(&node.outputs));
        let Traits { elementwise, placed, .. } = node.traits;
        let lane = (elementwise || placed) && node.op.as_ref().is_some_and(fuses);
        work.nodes[n].traits = Traits { elementwise: lane, ..Traits::default() };
        if lane && placed {
            let numbers = work.nodes[n].inputs.clone().into_iter();
            work.nodes[n].inputs =
                numbers.map(|v| work.value(Spec::known(DType::U64, &[]), Source::View(v))).collect::<Result<_>>()?;
        }
    }
    for (i, &v) in wanted.iter().enumerate() {
        let root = work.root(v);
        if let Source::Node(_) = work.values[root].source {
            work.values[root].home = Some(Place::Output(i));
        }
    }
    Ok(())
}

fn item(work: &Work, units: &Units, unit: &Unit) -> Option<Item> {
    if let Some(n) = unit.anchor {
        let node = &work.nodes[n];
        let (inputs, outputs) = (node.inputs.to_vec(), node.outputs.to_vec());
        return Some(Item { what: What::Op(node.op.clone()?), inputs, outputs });
    }
    let group = group(work, units, unit, &mut |v| v)?;
    let mut inputs: Vec<Val> = group.segments.iter().flat_map(|s| s.operands.iter().map(|o| o.place)).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let outputs = group.segments.iter().flat_map(|s| s.stores.iter().map(|s| s.place)).collect();
    Some(Item { what: What::Group(group), inputs, outputs })
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
