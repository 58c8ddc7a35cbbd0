//! This package's own kernels, planned over one arena.

mod follow;
mod fused;
mod load;
mod loops;
mod planned;
mod profile;
pub mod reference;
mod runner;
mod steps;

pub(crate) use planned::Planned;
pub use profile::StepTime;
pub(crate) use runner::Cpu;
