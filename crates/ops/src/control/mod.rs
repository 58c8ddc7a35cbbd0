//! Ops that steer: the derivative, and loops.

mod body;
mod derivative;
mod hoist;
mod identity;
mod samples;
mod scan;
mod stop_gradient;
mod sums;

use crate::Def;
pub use body::Body;

/// The ops of this room.
pub const OPS: &[Def] =
    &[Def::of::<identity::Identity>(), Def::of::<scan::Scan>(), Def::of::<stop_gradient::StopGradient>()];
