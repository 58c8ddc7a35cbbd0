//! From a recorded graph to a flat list of steps over one arena of memory.
//!
//! The passes, in order: `open` (ops that ask for it become their expansion), `simplify` (dead code, sharing, constant folding), `fuse` (elementwise groups, epilogues of kernels,
//! `sink`, `follow`, scalars), `assign` (which variables are written in place), `merge` (the same group for many tensors in one step), `order`,
//! `memory`. None of them names an op: they ask for [`kerosene_ir::Traits`]. `list` has no epilogues and no memory, for executors that
//! place by themselves.

mod assign;
mod emit;
mod follow;
mod fuse;
mod list;
mod memory;
mod merge;
mod open;
mod order;
mod plan;
mod print;
mod simplify;
mod sink;
mod space;
mod units;
mod work;

pub use list::{Item, List, Origin, What, list};
pub use plan::{
    Arg, Code, Copy, Group, KernelStep, Lane, Operand, Place, Plan, Segment, Slot, Step, Store, VariableUse,
};
pub use space::collapse;

use kerosene_ir::{Graph, Literal, Op, Result, Spec, Value};

/// What the passes must ask of who will run the plan.
pub trait Runner {
    /// Computes an op on constants; `None` when it would rather not.
    ///
    /// # Errors
    /// When the op cannot run on these specs.
    fn evaluate(&self, op: &dyn Op, inputs: &[&Literal], outputs: &[&Spec]) -> Result<Option<Vec<Literal>>>;

    /// Bytes of scratch memory the op's kernel wants.
    ///
    /// # Errors
    /// When the op cannot run on these specs.
    fn scratch(&self, op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> Result<usize>;

    /// Whether an elementwise op can be computed in one step with its neighbours.
    fn fuses(&self, _op: &dyn Op, _inputs: &[&Spec], _outputs: &[&Spec]) -> bool {
        true
    }
}

/// Plans `outputs` and the assignments of `graph`.
///
/// # Errors
/// When a dimension is not known, a tensor is larger than any memory, or an op cannot run on its specs.
pub fn plan(graph: &Graph, outputs: &[Value], runner: &dyn Runner) -> Result<Plan> {
    for &v in outputs {
        graph.try_spec(v)?;
    }
    let opened = open::open(graph, outputs)?;
    let (graph, outputs) = opened.as_ref().map_or((graph, outputs), |(g, o)| (g, o));
    let mut work = simplify::simplify(graph, outputs, runner)?;
    let mut units = fuse::fuse(&work);
    assign::assign(&mut work, &mut units);
    merge::merge(&work, &mut units);
    let (order, together) = order::order(&work, &units)?;
    let places = memory::places(&work, &units, &order, &together, runner)?;
    Ok(emit::emit(&work, &units, &order, &together, places))
}
