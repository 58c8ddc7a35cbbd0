//! Keras's own files: `.weights.h5`, and `.keras`, a zip of a configuration and such weights.

use std::io::Read;
use std::path::Path;

use crate::archive::Archive;
use crate::array::NamedArray;
use crate::{Error, Result, hdf5};

const ZIP: &[u8] = b"PK\x03\x04";
const WEIGHTS: &str = "model.weights.h5";

/// A whole saved model.
#[derive(Debug)]
pub struct KerasFile {
    /// `config.json`: the model's configuration, not looked at.
    pub config: String,
    /// `metadata.json`: Keras's version and the date, not looked at.
    pub metadata: String,
    /// Every dataset of `model.weights.h5`.
    pub weights: Vec<NamedArray>,
}

/// Reads a `.keras` file. Nothing in it is run.
///
/// # Errors
/// When the file is not a zip with Keras's three members, or one of them is broken.
pub fn read_keras(path: impl AsRef<Path>) -> Result<KerasFile> {
    let path = path.as_ref();
    let read = || -> Result<KerasFile> {
        let mut archive = Archive::open(path)?;
        let mut text =
            |name: &str| String::from_utf8(archive.read(name)?).map_err(|_| Error::new("not text").within(name));
        let (config, metadata) = (text("config.json")?, text("metadata.json")?);
        let weights = hdf5::read_bytes(archive.read(WEIGHTS)?).map_err(|error| error.within(WEIGHTS))?;
        Ok(KerasFile { config, metadata, weights })
    };
    read().map_err(|error| error.within(path.display()))
}

/// Reads every array of a `.keras` or `.weights.h5` file (told apart by their contents), named by its path in the HDF5 file,
/// such as `layers/dense/vars/0`.
///
/// # Errors
/// When the file is neither, or is broken.
pub fn read_weights(path: impl AsRef<Path>) -> Result<Vec<NamedArray>> {
    let path = path.as_ref();
    let read = || -> Result<Vec<NamedArray>> {
        let mut start = Vec::new();
        std::fs::File::open(path)?.take(8).read_to_end(&mut start)?;
        if start.starts_with(ZIP) {
            let bytes = Archive::open(path)?.read(WEIGHTS)?;
            hdf5::read_bytes(bytes).map_err(|error| error.within(WEIGHTS))
        } else if start == hdf5::SIGNATURE {
            hdf5::read_file(path)
        } else {
            Err(Error::new("neither a .keras (zip) nor a .weights.h5 (HDF5) file"))
        }
    };
    read().map_err(|error| error.within(path.display()))
}
