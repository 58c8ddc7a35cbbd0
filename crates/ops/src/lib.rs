//! Every op, one file each, in rooms. A file holds the formula, the shape rule, the derivative, the kernels and the samples
//! for the laws; [`registry`] is the table of contents.

pub mod def;
pub mod elementwise;
mod graph;
pub mod linalg;
pub mod lower;
pub mod reduce;
pub mod registry;
pub mod sample;

pub use def::{Def, Define, Param, Promote};
pub use graph::GraphOps;
pub use lower::{Lower, Lowered};
pub use registry::{lookup, lower, push, registry};
pub use sample::{Data, Sample};
