//! Typed arrays as memory.

use kerosene_ir::{DType, Error, Result, Spec};
use napi::{
    bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue},
    sys,
};
use std::ptr;

/// The memory of a typed array. V8 owns it: the address holds for the running call, and longer only with a [`Pin`].
pub struct Bytes {
    address: *mut u8,
    len: usize,
    kind: sys::napi_typedarray_type,
    value: sys::napi_value,
}

impl TypeName for Bytes {
    fn type_name() -> &'static str {
        "TypedArray"
    }

    fn value_type() -> napi::ValueType {
        napi::ValueType::Object
    }
}

impl ValidateNapiValue for Bytes {}

impl FromNapiValue for Bytes {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let (mut kind, mut len, mut data, mut offset) = (0, 0, ptr::null_mut(), 0);
        // SAFETY: out-pointers to locals; N-API answers with a status when the value is not a typed array.
        let status = unsafe {
            sys::napi_get_typedarray_info(env, value, &mut kind, &mut len, &mut data, ptr::null_mut(), &mut offset)
        };
        if status != sys::Status::napi_ok {
            return Err(napi::Error::from_reason("TypeError: A typed array was expected."));
        }
        Ok(Self { address: data.cast(), len: len * element_size(kind), kind, value })
    }
}

fn element_size(kind: sys::napi_typedarray_type) -> usize {
    use sys::TypedarrayType as T;
    match kind {
        T::int16_array | T::uint16_array => 2,
        T::int32_array | T::uint32_array | T::float32_array => 4,
        T::float64_array | T::bigint64_array | T::biguint64_array => 8,
        _ => 1,
    }
}

/// The typed array that holds a dtype.
fn fits(kind: sys::napi_typedarray_type, dtype: DType) -> bool {
    use sys::TypedarrayType as T;
    match dtype {
        DType::Bool | DType::U8 => kind == T::uint8_array || kind == T::uint8_clamped_array,
        DType::I8 => kind == T::int8_array,
        DType::U16 | DType::F16 | DType::BF16 => kind == T::uint16_array,
        DType::I16 => kind == T::int16_array,
        DType::U32 => kind == T::uint32_array,
        DType::I32 => kind == T::int32_array,
        DType::U64 => kind == T::biguint64_array,
        DType::I64 => kind == T::bigint64_array,
        DType::F32 => kind == T::float32_array,
        DType::F64 => kind == T::float64_array,
    }
}

impl Bytes {
    /// An error unless this is the right kind of typed array with exactly `elements` elements.
    pub fn check(&self, who: &str, dtype: DType, elements: Option<usize>) -> Result<()> {
        if !fits(self.kind, dtype) {
            return Err(Error::dtype(format!("{who}: the typed array does not hold {dtype}.")));
        }
        let want = elements.and_then(|n| n.checked_mul(dtype.size()));
        if want != Some(self.len) {
            let n = elements.map_or("an unknown number of".into(), |n| n.to_string());
            return Err(Error::value(format!(
                "{who}: expected {n} elements of {dtype}, but the typed array has {}.",
                self.len / dtype.size()
            )));
        }
        Ok(())
    }

    /// Whether this is the kind of typed array, and has the number of elements, that a spec asks for.
    pub fn holds(&self, spec: &Spec) -> bool {
        fits(self.kind, spec.dtype) && spec.len().and_then(|n| n.checked_mul(spec.dtype.size())) == Some(self.len)
    }

    /// [`Bytes::check`] against a spec.
    pub fn check_spec(&self, who: &str, spec: &Spec) -> Result<()> {
        self.check(&format!("{who} of {spec}"), spec.dtype, spec.len())
    }

    /// The address of the first byte (never null, so that empty slices are sound).
    pub fn address(&self) -> *mut u8 {
        if self.len == 0 { ptr::NonNull::<u64>::dangling().as_ptr().cast() } else { self.address }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The memory, for as long as the call runs.
    ///
    /// # Safety
    /// Nobody writes to the array while the slice lives: true inside one synchronous call.
    pub unsafe fn read(&self) -> &[u8] {
        // SAFETY: V8 keeps `len` bytes at `address` while the call runs.
        unsafe { std::slice::from_raw_parts(self.address(), self.len) }
    }

    /// The memory, to be written.
    ///
    /// # Safety
    /// As [`Bytes::read`], and no other slice of the array lives.
    pub unsafe fn write(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.address(), self.len) }
    }

    /// Keeps the array alive beyond the call.
    pub fn pin(&self, env: sys::napi_env) -> napi::Result<Pin> {
        let mut reference = ptr::null_mut();
        // SAFETY: `value` is the handle of the running call.
        let status = unsafe { sys::napi_create_reference(env, self.value, 1, &mut reference) };
        if status != sys::Status::napi_ok {
            return Err(napi::Error::from_reason("InternalError: A typed array could not be kept alive."));
        }
        Ok(Pin { reference, address: self.address() })
    }
}

/// A typed array that is kept alive while a job uses its memory.
pub struct Pin {
    reference: sys::napi_ref,
    address: *mut u8,
}

// SAFETY: the address is plain memory; the reference is only touched again on the JavaScript thread, in `release`.
unsafe impl Send for Pin {}

impl Pin {
    /// The address of the first byte.
    pub fn address(&self) -> *mut u8 {
        self.address
    }

    /// Lets the array go. Must run on the JavaScript thread; a pin that is merely dropped leaks until the environment ends.
    pub fn release(self, env: sys::napi_env) {
        // SAFETY: the reference was created in this environment and is deleted once.
        unsafe { sys::napi_delete_reference(env, self.reference) };
    }
}
