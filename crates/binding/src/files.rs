//! Files read off the main thread.

use crate::jobs;
use kerosene_io::NamedArray;
use kerosene_ir::Error;
use napi::{
    Env,
    bindgen_prelude::{Buffer, Object, ToNapiValue},
};
use napi_derive::napi;
use std::sync::{Arc, atomic::AtomicBool};

/// A tensor out of a file.
#[napi(object)]
pub struct FileArray {
    /// Name, or path inside the file.
    pub name: String,
    /// Keras's name of the dtype.
    pub dtype: String,
    /// Dimensions.
    pub shape: Vec<f64>,
    /// The bytes, little-endian, row-major.
    pub data: Buffer,
}

fn arrays(arrays: Vec<NamedArray>) -> Vec<FileArray> {
    arrays.into_iter().map(array).collect()
}

fn array(a: NamedArray) -> FileArray {
    FileArray {
        name: a.name,
        dtype: a.element.name().into(),
        shape: a.shape.into_iter().map(|d| d as f64).collect(),
        data: a.data.into(),
    }
}

fn read<'env, T: ToNapiValue + Send + 'static>(
    env: &'env Env,
    path: String,
    read: impl FnOnce(&str) -> kerosene_io::Result<T> + Send + 'static,
) -> napi::Result<Object<'env>> {
    jobs::spawn(env, vec![], Arc::new(AtomicBool::new(false)), move |_, _| {
        read(&path).map_err(|e| Error::value(e.to_string()))
    })
}

/// The arrays of a NumPy archive.
#[napi(ts_return_type = "Promise<FileArray[]>")]
pub fn read_npz(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::read_npz(p).map(arrays))
}

/// The array of an IDX file, which may be gzipped.
#[napi(ts_return_type = "Promise<FileArray>")]
pub fn read_idx(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::read_idx(p).map(array))
}

/// Every dataset of a `.weights.h5`, or of the weights inside a `.keras`, by its path: `layers/dense/vars/0`.
#[napi(ts_return_type = "Promise<FileArray[]>")]
pub fn read_weights(env: &Env, path: String) -> napi::Result<Object<'_>> {
    read(env, path, |p| kerosene_io::read_weights(p).map(arrays))
}
