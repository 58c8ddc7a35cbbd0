//! Ops that steer the derivative.

mod identity;
mod stop_gradient;

use crate::Def;

/// The ops of this room.
pub const OPS: &[Def] = &[Def::of::<identity::Identity>(), Def::of::<stop_gradient::StopGradient>()];
