//! Ops that fold axes away.

mod sum;

use crate::Def;
pub use sum::{sum, sum_to};

/// The ops of this room.
pub const OPS: &[Def] = &[Def::of::<sum::Sum>()];
