//! The op graph: what a trace records, and what every later stage (autodiff, plan, exec) reads.
//!
//! A [`Graph`] is a list of nodes in the order they were recorded; a [`Value`] is one output of one node. Shapes may hold
//! unknown dimensions, so that a model's symbolic call and its concrete call obey the same rules. Nothing here knows an op by
//! name, a device or a kernel.

mod dtype;
mod error;
mod graph;
mod half;
mod literal;
mod op;
mod print;
mod rewrite;
mod spec;
mod verify;

pub use dtype::{DType, promote};
pub use error::{Error, ErrorKind, Result};
pub use graph::{Graph, Kind, Node, NodeId, Value, VariableId};
pub use half::{BF16, F16, Half};
pub use literal::Literal;
pub use op::{Op, Traits, Vjp};
pub use rewrite::rewrite;
pub use spec::{Dim, Shape, Spec, broadcast_shapes, format_shape, normalize_axes, normalize_axis};
pub use verify::verify;
