//! Every op, one file each, in rooms. A file holds the formula, the shape rule, the derivative, the kernels and the samples
//! for the laws; [`registry`] is the table of contents.
//!
//! Most files say only what is particular to their op: an elementwise one implements [`elementwise::Formula`], a reduction
//! [`reduce::Fold`], a composite [`composite::Compose`], and a wrapper of that room makes the rest of it.

pub mod activation;
pub mod attention;
pub mod composite;
pub mod control;
pub mod conv;
pub mod def;
pub mod elementwise;
mod gradients;
mod graph;
pub mod index;
pub mod integer;
pub mod linalg;
pub mod loss;
pub mod lower;
pub mod movement;
pub mod norm;
pub mod order;
pub mod pool;
pub mod random;
pub mod reduce;
pub mod registry;
pub mod sample;
pub mod signal;
pub mod tensors;
pub mod transfers;

pub use control::Body;
pub use def::{Def, Define, Param, Promote};
pub use gradients::{Standard, gradients, gradients_within};
pub use graph::GraphOps;
pub use lower::{Loop, Lower, Lowered};
pub use registry::{describe, in_float32, infer, lookup, lower, push, registry};
pub use sample::{Data, Sample};
