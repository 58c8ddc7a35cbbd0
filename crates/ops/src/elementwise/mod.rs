//! Ops whose every output element depends only on the input elements at its place.

mod add;
mod cast;
mod exp;
mod multiply;
mod negative;
pub mod operand;
pub mod rule;

use crate::Def;
pub use cast::cast;

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<add::Add>(),
    Def::of::<cast::Cast>(),
    Def::of::<exp::Exp>(),
    Def::of::<multiply::Multiply>(),
    Def::of::<negative::Negative>(),
];
