//! This package's own kernels, planned over one arena.

mod fused;
mod load;
mod loops;
mod planned;
pub mod reference;
mod runner;
mod steps;

pub(crate) use planned::Planned;
pub use planned::StepTime;
pub(crate) use runner::Cpu;
