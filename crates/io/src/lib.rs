//! Readers for the files Kerosene is given. Every size is checked before memory is taken, and every failure is an error.

mod archive;
mod array;
mod error;
mod hdf5;
mod idx;
mod keras;
mod npy;
mod npz;

pub use array::{ElementType, NamedArray};
pub use error::{Error, Result};
pub use idx::read_idx;
pub use keras::{KerasFile, read_keras, read_weights};
pub use npy::parse_npy;
pub use npz::read_npz;
