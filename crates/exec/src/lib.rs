//! Runs graphs: a [`Program`] is a graph made ready for a [`Device`], an [`Epoch`] runs one over a data set.
//!
//! `cpu/` is this package's own kernels over one arena; `candle/` is candle's tensors, the same code for the CPU, CUDA and Metal.

mod candle;
mod cpu;
#[cfg(feature = "cuda")]
mod cuda;
mod device;
mod epoch;
mod half;
mod memory;
mod program;
mod threads;
mod variable;

pub use candle::{MemoryInfo, fused};
pub use cpu::{StepTime, reference};
pub use device::{Device, Listing, has_cuda};
pub use epoch::{Epoch, EpochEnd, Kept};
pub use kerosene_ops::transfers::{Transfers, transfers};
pub use program::{Program, Stats};
pub use threads::{set_threads, threads};
pub use variable::Variable;
