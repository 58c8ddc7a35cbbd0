//! Readers for the files Kerosene is given. Every size is checked before memory is taken, and every failure is an error.

mod error;

pub use error::{Error, Result};
