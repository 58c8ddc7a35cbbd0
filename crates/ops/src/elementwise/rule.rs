//! The shape rule elementwise ops share.

use kerosene_ir::{DType, Error, Result, Spec, Traits, broadcast_shapes};

/// Traits of an elementwise op.
pub const ELEMENTWISE: Traits =
    Traits { elementwise: true, commutative: false, alias: false, tail: false, in_place: true, keep: false };

/// Output of the broadcast shape; operands must have one dtype, which is the output's.
pub fn same(who: &str, inputs: &[&Spec]) -> Result<Vec<Spec>> {
    let dtype = inputs[0].dtype;
    if let Some(other) = inputs.iter().find(|s| s.dtype != dtype) {
        return Err(Error::dtype(format!("{who}: operands have different dtypes, {dtype} and {}.", other.dtype)));
    }
    to(who, inputs, dtype)
}

/// Output of the broadcast shape with a dtype of its own.
pub fn to(who: &str, inputs: &[&Spec], dtype: DType) -> Result<Vec<Spec>> {
    let shapes: Vec<_> = inputs.iter().map(|s| &s.shape[..]).collect();
    Ok(vec![Spec { dtype, shape: broadcast_shapes(who, &shapes)? }])
}
