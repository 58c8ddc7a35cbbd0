//! The files Kerosene is given, and those it writes. Every size is checked before memory is taken, and every failure is an error.

mod archive;
mod array;
mod error;
mod hdf5;
mod hdf5_write;
mod idx;
mod keras;
mod npy;
mod npz;
mod safe;

pub use array::{ArrayInfo, ElementType, Elements, NamedArray, Visitor};
pub use error::{Error, Result};
pub use hdf5::Attribute;
pub use hdf5_write::{GroupText, Text, Weights};
pub use idx::read_idx;
pub use keras::{Asset, Format, ModelFile, inspect_model, read_weights, visit_weights, write_keras, write_weights};
pub use npy::parse_npy;
pub use npz::read_npz;
pub use safe::write_safetensors;
