//! The same bytes as another dtype

use super::prelude::*;

/// The same bytes as another dtype
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bitcast {
    dtype: String,
}

impl Op for Bitcast {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, dtype) = (inputs[0], self.dtype.parse::<DType>()?);
        if (x.dtype == DType::Bool) != (dtype == DType::Bool) {
            return Err(Error::dtype(format!("bitcast: the bytes of {x} cannot be read as {dtype}. Use cast.")));
        }
        let (from, to) = (x.dtype.size(), dtype.size());
        let mut shape = x.shape.clone();
        if from != to {
            let last = shape.last_mut();
            let bytes = last.as_ref().map(|d| d.map(|d| d.saturating_mul(from)));
            match (last, bytes) {
                (Some(d), Some(None)) => *d = None,
                (Some(d), Some(Some(bytes))) if bytes % to == 0 => *d = Some(bytes / to),
                _ => {
                    let why = format!("bitcast: the last axis of {x} does not hold whole elements of {dtype}.");
                    return Err(Error::value(why));
                }
            }
        }
        Ok(vec![Spec { dtype, shape }])
    }

    fn traits(&self) -> Traits {
        Traits { alias: true, ..Traits::default() }
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None])
    }
}

impl Lower for Bitcast {
    fn lower(&self, _: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Alias)
    }
}

impl Define for Bitcast {
    const NAME: &'static str = "bitcast";
    const DOC: &'static str = "The bytes of x read as another dtype, along the last axis, whose length changes where the sizes of \
        the dtypes differ. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("dtype", "DType", "", "The dtype of the result.")];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"dtype":"int32"}"#).f32(&[2, 3], -1.0, 1.0).kink(),
            Sample::new(r#"{"dtype":"uint8"}"#).f32(&[2, 3], -1.0, 1.0).kink(),
            Sample::new(r#"{"dtype":"int64"}"#).f32(&[2, 4], -1.0, 1.0).kink(),
            Sample::new(r#"{"dtype":"float32"}"#).with(DType::I32, &[3], [0.0, 1_065_353_216.0, -1.0]).kink(),
            Sample::new(r#"{"dtype":"uint16"}"#).with(DType::I16, &[], [-1.0]).kink(),
            Sample::new(r#"{"dtype":"int8"}"#).f32(&[0, 2], -1.0, 1.0).kink(),
        ]
    }
}
