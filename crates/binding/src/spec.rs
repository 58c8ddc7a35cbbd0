//! Shapes and dtypes across the border.

use kerosene_ir::{Error, Result};
use napi_derive::napi;

/// Shape and dtype; `null` is a dimension that is not known yet.
#[napi(object)]
pub struct Spec {
    /// Keras's name of the dtype.
    pub dtype: String,
    /// Dimensions.
    #[napi(ts_type = "(number | null)[]")]
    pub shape: Vec<Option<f64>>,
}

/// A dimension as a JavaScript number.
fn dim(d: f64) -> Result<usize> {
    if d >= 0.0 && d.fract() == 0.0 && d <= 9_007_199_254_740_991.0 {
        return Ok(d as usize);
    }
    Err(Error::value(format!("{d} is not a dimension: dimensions are whole numbers from 0 up.")))
}

/// Reads a spec from JavaScript.
pub fn from_js(dtype: &str, shape: &[Option<f64>]) -> Result<kerosene_ir::Spec> {
    let dims = shape.iter().map(|d| d.map(dim).transpose()).collect::<Result<Vec<_>>>()?;
    Ok(kerosene_ir::Spec::new(dtype.parse()?, dims))
}

/// Hands a spec to JavaScript.
pub fn to_js(spec: &kerosene_ir::Spec) -> Spec {
    Spec { dtype: spec.dtype.name().into(), shape: spec.shape.iter().map(|d| d.map(|d| d as f64)).collect() }
}
