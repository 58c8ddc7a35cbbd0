//! The shape and dtype rules elementwise ops share.

use kerosene_ir::{DType, Error, Result, Shape, Spec, broadcast_shapes};

/// The one dtype that all operands have.
pub fn same(who: &str, inputs: &[&Spec]) -> Result<DType> {
    let dtype = inputs[0].dtype;
    match inputs.iter().find(|s| s.dtype != dtype) {
        None => Ok(dtype),
        Some(s) => Err(Error::dtype(format!("{who}: operands have different dtypes, {dtype} and {}.", s.dtype))),
    }
}

/// The shape that all operands broadcast to.
pub fn broadcast(who: &str, inputs: &[&Spec]) -> Result<Shape> {
    let shapes: Vec<_> = inputs.iter().map(|s| &s.shape[..]).collect();
    broadcast_shapes(who, &shapes)
}
