//! candle's tensors: the same code for the CPU, CUDA and Metal.
//!
//! Nothing is differentiated here: derivatives are ops of the graph. Each op runs in the first of these ways that it has: its
//! own lowering to candle's ops, its expansion, its CPU kernel on a copy (what has no floating operand starts there: counters
//! and indices are small and the host wants them). On a GPU, elementwise ops are run together, as `fused` says.

pub mod fused;
mod ledger;
mod listed;
mod repeat;
mod tensor;
#[cfg(test)]
mod tests;
mod way;

pub use ledger::MemoryInfo;
pub(crate) use ledger::{info, room, set_limit};
pub(crate) use listed::{Listed, write};
pub(crate) use tensor::Tensor;

use crate::memory::is_exhausted;
use kerosene_ir::Error;

/// candle's error in this package's words.
fn failed(what: &str) -> impl Fn(candle_core::Error) -> Error + '_ {
    move |e| {
        let text = e.to_string();
        // What follows the first line is where in candle it was.
        let text = text.lines().next().unwrap_or_default();
        if is_exhausted(text) {
            return Error::memory(format!("{what}: the device has no memory left ({text}). Use smaller batches."));
        }
        Error::internal(format!("{what}: candle failed: {text}."))
    }
}
