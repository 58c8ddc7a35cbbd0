//! Runs graphs on the CPU: a [`Program`] is a plan with its kernels and its memory, an [`Epoch`] runs one over a data set.

mod epoch;
mod fused;
mod load;
mod loops;
mod memory;
mod program;
pub mod reference;
mod runner;
mod steps;
mod threads;
mod variable;

pub use epoch::{Epoch, EpochEnd};
pub use program::{Program, Stats, StepTime};
pub use threads::{set_threads, threads};
pub use variable::Variable;
