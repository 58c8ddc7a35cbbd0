//! A value on a device or on the host.

use super::failed;
use candle_core::{DType as C, Device};
use kerosene_ir::{DType, Error, Literal, Result, Spec};

/// A tensor where it was made. Dtypes that candle does not have stay on the host; bool is uint8 there.
#[derive(Clone, Debug)]
pub(crate) enum Tensor {
    Host(Literal),
    Device(DType, candle_core::Tensor),
}

/// candle's dtype that holds the same numbers in the same bytes; None where it has none.
pub(super) fn candle_dtype(dtype: DType) -> Option<C> {
    Some(match dtype {
        DType::Bool | DType::U8 => C::U8,
        DType::U32 => C::U32,
        DType::I16 => C::I16,
        DType::I32 => C::I32,
        DType::I64 => C::I64,
        DType::F16 => C::F16,
        DType::BF16 => C::BF16,
        DType::F32 => C::F32,
        DType::F64 => C::F64,
        DType::U16 | DType::U64 | DType::I8 => return None,
    })
}

impl From<Literal> for Tensor {
    fn from(literal: Literal) -> Self {
        Tensor::Host(literal)
    }
}

impl Tensor {
    /// A value from an address.
    ///
    /// # Safety
    /// The address holds the spec's bytes.
    pub unsafe fn read(spec: &Spec, at: *const u8) -> Result<Tensor> {
        let dims = spec.dims("An input")?;
        let bytes = dims.iter().product::<usize>() * spec.dtype.size();
        // SAFETY: the caller vouches for it; nothing is read of an empty tensor, whose address may be null.
        let data = if bytes == 0 { &[] } else { unsafe { std::slice::from_raw_parts(at, bytes) } };
        Literal::new(spec.dtype, &dims, data).map(Tensor::Host)
    }

    /// candle's tensor of this spec, or why it is not one.
    pub fn made(tensor: candle_core::Tensor, spec: &Spec) -> Result<Tensor> {
        let dims = spec.dims("A result")?;
        if tensor.dims() != &*dims {
            return Err(Error::internal(format!("candle's shape is {:?} instead of {dims:?}.", tensor.dims())));
        }
        let want = candle_dtype(spec.dtype).ok_or_else(|| Error::internal("candle has no such dtype."))?;
        let tensor = if tensor.dtype() == want { tensor } else { tensor.to_dtype(want).map_err(failed("cast"))? };
        Ok(Tensor::Device(spec.dtype, tensor))
    }

    pub fn dtype(&self) -> DType {
        match self {
            Tensor::Host(literal) => literal.spec().dtype,
            Tensor::Device(dtype, _) => *dtype,
        }
    }

    /// Whether it lies where programs of this device want it: floating numbers there, others where they were made.
    pub fn is_settled(&self, device: &Device) -> bool {
        match self {
            Tensor::Host(literal) => !literal.spec().dtype.is_float(),
            Tensor::Device(_, tensor) => tensor.device().same_device(device),
        }
    }

    /// The same where programs of this device want it.
    pub fn settled(&self, device: &Device) -> Result<Tensor> {
        if self.is_settled(device) {
            return Ok(self.clone());
        }
        match self.candle(device)? {
            Some(tensor) => Ok(Tensor::Device(self.dtype(), tensor)),
            None => Ok(self.clone()),
        }
    }

    /// candle's tensor of it; None where candle does not have the dtype.
    pub fn candle(&self, device: &Device) -> Result<Option<candle_core::Tensor>> {
        match self {
            Tensor::Device(_, tensor) if tensor.device().same_device(device) => Ok(Some(tensor.clone())),
            Tensor::Device(_, tensor) => tensor.to_device(device).map(Some).map_err(failed("copy")),
            Tensor::Host(literal) => {
                let Some(dtype) = candle_dtype(literal.spec().dtype) else { return Ok(None) };
                let dims = literal.spec().dims("A tensor")?;
                candle_core::Tensor::from_raw_buffer(literal.bytes(), dtype, &dims, device)
                    .map(Some)
                    .map_err(failed("copy"))
            }
        }
    }

    /// The value on the host.
    pub fn literal(&self) -> Result<Literal> {
        match self {
            Tensor::Host(literal) => Ok(literal.clone()),
            Tensor::Device(dtype, tensor) => {
                let bytes = bytes(tensor).map_err(failed("copy"))?;
                Literal::new(*dtype, tensor.dims(), &bytes)
            }
        }
    }

    /// The same bytes under another spec.
    pub fn view(&self, spec: &Spec) -> Result<Tensor> {
        let dims = spec.dims("A view")?;
        match self {
            Tensor::Device(dtype, tensor) if *dtype == spec.dtype => {
                Ok(Tensor::Device(*dtype, tensor.reshape(&*dims).map_err(failed("reshape"))?))
            }
            other => Literal::new(spec.dtype, &dims, other.literal()?.bytes()).map(Tensor::Host),
        }
    }

    /// One element along the first axis.
    pub fn row(&self, row: usize) -> Result<Tensor> {
        match self {
            Tensor::Device(dtype, tensor) => {
                tensor.get(row).map(|t| Tensor::Device(*dtype, t)).map_err(failed("a loop's element"))
            }
            Tensor::Host(literal) => {
                let dims = literal.spec().dims("A loop's element")?;
                let bytes = literal.bytes().len() / dims[0];
                let part = &literal.bytes()[row * bytes..(row + 1) * bytes];
                Literal::new(literal.spec().dtype, &dims[1..], part).map(Tensor::Host)
            }
        }
    }

    /// Elements along a new first axis, of this spec.
    pub fn stack(rows: &[Tensor], spec: &Spec) -> Result<Tensor> {
        let on: Option<Vec<_>> =
            rows.iter().map(|r| if let Tensor::Device(_, t) = r { Some(t) } else { None }).collect();
        if let Some(on) = on.filter(|on| !on.is_empty()) {
            let stacked = candle_core::Tensor::stack(&on, 0).map_err(failed("a loop's results"))?;
            return Ok(Tensor::Device(spec.dtype, stacked));
        }
        let mut bytes = vec![];
        for row in rows {
            bytes.extend_from_slice(row.literal()?.bytes());
        }
        Literal::new(spec.dtype, &spec.dims("A loop's results")?, &bytes).map(Tensor::Host)
    }
}

fn bytes(tensor: &candle_core::Tensor) -> candle_core::Result<Vec<u8>> {
    let flat = tensor.flatten_all()?;
    macro_rules! bytes {
        ($T:ty) => {
            flat.to_vec1::<$T>()?.into_iter().flat_map(|x| x.to_ne_bytes()).collect()
        };
    }
    Ok(match tensor.dtype() {
        C::U8 => flat.to_vec1::<u8>()?,
        C::U32 => bytes!(u32),
        C::I16 => bytes!(i16),
        C::I32 => bytes!(i32),
        C::I64 => bytes!(i64),
        C::F16 => bytes!(half::f16),
        C::BF16 => bytes!(half::bf16),
        C::F32 => bytes!(f32),
        C::F64 => bytes!(f64),
        other => return Err(candle_core::Error::Msg(format!("nothing here is of dtype {other:?}"))),
    })
}
