//! Ops that normalise along an axis.

mod log_softmax;
mod rows;
mod softmax;

use crate::Def;

/// The ops of this room.
pub const OPS: &[Def] =
    &[Def::of::<rows::AlongAxis<log_softmax::LogSoftmax>>(), Def::of::<rows::AlongAxis<softmax::Softmax>>()];
