//! Transforms of signals.

mod fft_packed;

use crate::Def;

/// The ops of this room.
pub const OPS: &[Def] = &[Def::of::<fft_packed::Fft>()];
