//! Products of matrices.

mod layout;
mod matmul;

use crate::Def;
pub use matmul::matmul;

/// The ops of this room.
pub const OPS: &[Def] = &[Def::of::<matmul::Matmul>()];
