//! candle's tensors: the same code for the CPU, CUDA and Metal.
//!
//! Nothing is differentiated here: derivatives are ops of the graph. Each op runs in the first of these ways that it has: its
//! own lowering to candle's ops, its expansion, its CPU kernel on a copy (what has no floating operand starts there: counters
//! and indices are small and the host wants them).

mod listed;
mod repeat;
mod tensor;
#[cfg(test)]
mod tests;
mod way;

pub(crate) use listed::{Listed, write};
pub(crate) use tensor::Tensor;

use kerosene_ir::Error;

/// Bytes of a data set that may stay on a device.
pub(crate) fn room(_device: &candle_core::Device) -> usize {
    2 << 30
}

/// candle's error in this package's words.
fn failed(what: &str) -> impl Fn(candle_core::Error) -> Error + '_ {
    // What follows the first line is where in candle it was.
    move |e| Error::internal(format!("{what}: candle failed: {}.", e.to_string().lines().next().unwrap_or_default()))
}
