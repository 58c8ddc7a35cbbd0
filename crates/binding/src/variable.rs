//! Variables: storage that lives in Rust and outlasts plans.

use crate::{bytes::Bytes, error::guard, spec};
use kerosene_ir::Error;
use napi::{Env, bindgen_prelude::ObjectFinalize};
use napi_derive::napi;
use std::sync::Arc;

/// A tensor that plans read and assign.
#[napi(custom_finalize)]
pub struct Variable {
    pub(crate) inner: Arc<kerosene_exec::Variable>,
    bytes: i64,
}

impl ObjectFinalize for Variable {
    fn finalize(self, env: Env) -> napi::Result<()> {
        env.adjust_external_memory(-self.bytes).map(|_| ())
    }
}

#[napi]
impl Variable {
    /// Storage of a dtype and shape, filled with `data` (copied) or zeros.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        dtype: String,
        shape: Vec<f64>,
        #[napi(ts_arg_type = "TypedArray | undefined | null")] data: Option<Bytes>,
    ) -> napi::Result<Self> {
        let variable = guard(|| {
            let shape: Vec<_> = shape.into_iter().map(Some).collect();
            let spec = spec::from_js(&dtype, &shape)?;
            if let Some(data) = &data {
                data.check_spec("A variable", &spec)?;
            }
            // SAFETY: read inside this synchronous call.
            let inner = kerosene_exec::Variable::new(spec, data.as_ref().map(|d| unsafe { d.read() }))?;
            let bytes = inner.spec().len().unwrap_or(0) * inner.spec().dtype.size();
            Ok(Self { inner, bytes: bytes as i64 })
        })?;
        env.adjust_external_memory(variable.bytes)?;
        Ok(variable)
    }

    /// Keras's name of the dtype.
    #[napi(getter)]
    pub fn dtype(&self) -> &'static str {
        self.inner.spec().dtype.name()
    }

    /// Dimensions.
    #[napi(getter)]
    pub fn shape(&self) -> Vec<f64> {
        self.inner.spec().shape.iter().map(|d| d.unwrap_or(0) as f64).collect()
    }

    /// A number that is another one after every write.
    #[napi(getter)]
    pub fn version(&self) -> f64 {
        self.inner.version() as f64
    }

    /// Copies the value into a typed array. Waits at most one batch when a fit is using the variable.
    #[napi]
    pub fn read(&self, #[napi(ts_arg_type = "TypedArray")] mut into: Bytes) -> napi::Result<()> {
        guard(|| {
            into.check_spec("A read of a variable", self.inner.spec())?;
            // SAFETY: written inside this synchronous call.
            self.inner.read(unsafe { into.write() })
        })
    }

    /// Copies a typed array into the value.
    #[napi]
    pub fn write(&self, #[napi(ts_arg_type = "TypedArray")] from: Bytes) -> napi::Result<()> {
        guard(|| {
            from.check_spec("A write to a variable", self.inner.spec())?;
            if from.address().is_null() {
                return Err(Error::value("The typed array has no memory: it was transferred or detached."));
            }
            // SAFETY: read inside this synchronous call.
            self.inner.write(unsafe { from.read() })
        })
    }
}
