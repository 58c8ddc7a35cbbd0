//! A value on a device or on the host.

use super::{failed, ledger::Charge};
use candle_core::{DType as C, Device};
use kerosene_ir::{DType, Error, Literal, Result, Spec};
use kerosene_ops::{tensors::full, transfers};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

/// A tensor where it was made, and where it was wanted since: a copy between the two is made once and counted.
#[derive(Clone, Debug)]
pub(crate) struct Tensor(Arc<Places>);

#[derive(Debug)]
struct Places {
    dtype: DType,
    host: OnceLock<Literal>,
    device: Mutex<Option<There>>,
}

/// A tensor on a device. What it takes there is given back before its memory is.
#[derive(Debug)]
struct There {
    _charge: Charge,
    tensor: candle_core::Tensor,
}

impl There {
    fn new(tensor: candle_core::Tensor) -> Result<Self> {
        Ok(Self { _charge: Charge::new(&tensor)?, tensor })
    }
}

/// candle's dtype that holds the same numbers; None where it has none. Its kernels for GPUs know of signed integers those of 64
/// bits alone.
pub(super) fn candle_dtype(dtype: DType) -> Option<C> {
    Some(match dtype {
        DType::Bool | DType::U8 => C::U8,
        DType::U32 => C::U32,
        DType::I16 | DType::I32 | DType::I64 => C::I64,
        DType::F16 => C::F16,
        DType::BF16 => C::BF16,
        DType::F32 => C::F32,
        DType::F64 => C::F64,
        DType::U16 | DType::U64 | DType::I8 => return None,
    })
}

impl From<Literal> for Tensor {
    fn from(literal: Literal) -> Self {
        let dtype = literal.spec().dtype;
        Tensor(Arc::new(Places { dtype, host: literal.into(), device: Mutex::new(None) }))
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
        Literal::new(spec.dtype, &dims, data).map(Tensor::from)
    }

    /// What lies on a device: candle's tensor of the dtype's numbers.
    ///
    /// # Errors
    /// When the device's limit of memory is passed.
    pub fn there(dtype: DType, tensor: candle_core::Tensor) -> Result<Tensor> {
        Ok(Tensor(Arc::new(Places { dtype, host: OnceLock::new(), device: Mutex::new(Some(There::new(tensor)?)) })))
    }

    /// Copies bytes to a device; None where candle does not have the dtype.
    pub fn sent(dtype: DType, dims: &[usize], bytes: &[u8], device: &Device) -> Result<Option<Tensor>> {
        let Some(to) = candle_dtype(dtype) else { return Ok(None) };
        let tensor = upload(dtype, to, dims, bytes, device).map_err(failed("copy"))?;
        Tensor::there(dtype, tensor).map(Some)
    }

    /// Bytes that so many numbers take on a device.
    pub fn bytes_there(dtype: DType, len: usize) -> Option<usize> {
        candle_dtype(dtype).map(|to| len.saturating_mul(to.size_in_bytes()))
    }

    /// candle's tensor of this spec, or why it is not one.
    pub fn made(tensor: candle_core::Tensor, spec: &Spec) -> Result<Tensor> {
        let dims = spec.dims("A result")?;
        if tensor.dims() != &*dims {
            return Err(Error::internal(format!("candle's shape is {:?} instead of {dims:?}.", tensor.dims())));
        }
        let want = candle_dtype(spec.dtype).ok_or_else(|| Error::internal("candle has no such dtype."))?;
        let tensor = if tensor.dtype() == want { tensor } else { tensor.to_dtype(want).map_err(failed("cast"))? };
        Tensor::there(spec.dtype, tensor)
    }

    fn device(&self) -> Option<candle_core::Tensor> {
        self.0.device.lock().as_ref().map(|there| there.tensor.clone())
    }

    /// Whether the host has it.
    pub fn is_here(&self) -> bool {
        self.0.host.get().is_some()
    }

    /// Whether it lies where programs of this device want it: floating numbers there, others where they were made.
    pub fn is_settled(&self, device: &Device) -> bool {
        match &*self.0.device.lock() {
            Some(there) => there.tensor.device().same_device(device),
            None => !self.0.dtype.is_float(),
        }
    }

    /// The same where programs of this device want it.
    pub fn settled(&self, device: &Device) -> Result<Tensor> {
        if self.is_settled(device) {
            return Ok(self.clone());
        }
        self.candle(device)?.map_or_else(|| Ok(self.clone()), |tensor| Tensor::there(self.0.dtype, tensor))
    }

    /// candle's tensor of it; None where candle does not have the dtype.
    pub fn candle(&self, device: &Device) -> Result<Option<candle_core::Tensor>> {
        let mut there = self.0.device.lock();
        if let Some(there) = there.as_ref().filter(|t| t.tensor.device().same_device(device)) {
            return Ok(Some(there.tensor.clone()));
        }
        let tensor = match (there.as_ref(), self.0.host.get()) {
            (_, Some(literal)) => {
                let Some(to) = candle_dtype(self.0.dtype) else { return Ok(None) };
                upload(self.0.dtype, to, &literal.spec().dims("A tensor")?, literal.bytes(), device)
            }
            (Some(elsewhere), None) => {
                let bytes = size(&elsewhere.tensor);
                transfers::to_host(bytes);
                transfers::to_device(bytes);
                elsewhere.tensor.to_device(device)
            }
            (None, None) => return Err(Error::internal("A tensor is nowhere.")),
        };
        let tensor = tensor.map_err(failed("copy"))?;
        *there = Some(There::new(tensor.clone())?);
        Ok(Some(tensor))
    }

    /// The value on the host, which keeps it.
    pub fn literal(&self) -> Result<Literal> {
        let literal = self.fetched()?;
        Ok(self.0.host.get_or_init(|| literal).clone())
    }

    /// The value on the host, for once.
    pub fn fetched(&self) -> Result<Literal> {
        if let Some(literal) = self.0.host.get() {
            return Ok(literal.clone());
        }
        let tensor = self.device().ok_or_else(|| Error::internal("A tensor is nowhere."))?;
        let bytes = download(self.0.dtype, &tensor).map_err(failed("copy"))?;
        Literal::new(self.0.dtype, tensor.dims(), &bytes)
    }

    /// What becomes of it on the host and on the device, where it is.
    fn each(
        &self,
        dtype: DType,
        host: impl FnOnce(&Literal) -> Result<Literal>,
        device: impl FnOnce(&candle_core::Tensor) -> candle_core::Result<candle_core::Tensor>,
    ) -> Result<Tensor> {
        let there = self.device().as_ref().map(device).transpose().map_err(failed("a view"))?;
        let there = there.map(There::new).transpose()?;
        let here = self.0.host.get().map(host).transpose()?;
        let host = here.map_or_else(OnceLock::new, OnceLock::from);
        Ok(Tensor(Arc::new(Places { dtype, host, device: Mutex::new(there) })))
    }

    /// The same bytes under another spec.
    pub fn view(&self, spec: &Spec) -> Result<Tensor> {
        let dims = spec.dims("A view")?;
        if spec.dtype != self.0.dtype {
            return Literal::new(spec.dtype, &dims, self.literal()?.bytes()).map(Tensor::from);
        }
        self.each(spec.dtype, |literal| literal.reshaped(&dims), |tensor| tensor.reshape(&*dims))
    }

    /// One element along the first axis.
    pub fn row(&self, row: usize) -> Result<Tensor> {
        let host = |literal: &Literal| {
            let dims = literal.spec().dims("A loop's element")?;
            let bytes = literal.bytes().len() / dims[0];
            Literal::new(self.0.dtype, &dims[1..], &literal.bytes()[row * bytes..(row + 1) * bytes])
        };
        self.each(self.0.dtype, host, |tensor| tensor.get(row))
    }

    /// Some elements along the first axis, one after the other.
    pub fn narrow(&self, first: usize, rows: usize) -> Result<Tensor> {
        let host = |literal: &Literal| {
            let mut dims = literal.spec().dims("A batch")?;
            let row = literal.bytes().len() / dims[0].max(1);
            dims[0] = rows;
            Literal::new(self.0.dtype, &dims, &literal.bytes()[first * row..(first + rows) * row])
        };
        self.each(self.0.dtype, host, |tensor| tensor.narrow(0, first, rows))
    }

    /// The elements along the first axis of these numbers.
    pub fn rows(&self, numbers: &Tensor, device: &Device) -> Result<Tensor> {
        let (Some(all), Some(numbers)) = (self.candle(device)?, numbers.candle(device)?) else {
            return Err(Error::internal("candle has no such dtype."));
        };
        Tensor::there(self.0.dtype, all.index_select(&numbers, 0).map_err(failed("a batch"))?)
    }

    /// Elements along a new first axis, of this spec.
    pub fn stack(rows: &[Tensor], spec: &Spec) -> Result<Tensor> {
        let there: Option<Vec<_>> = rows.iter().map(Tensor::device).collect();
        if let Some(there) = there.filter(|there| !there.is_empty()) {
            let stacked = candle_core::Tensor::stack(&there, 0).map_err(failed("a loop's results"))?;
            return Tensor::there(spec.dtype, stacked);
        }
        let mut bytes = vec![];
        for row in rows {
            bytes.extend_from_slice(row.literal()?.bytes());
        }
        Literal::new(spec.dtype, &spec.dims("A loop's results")?, &bytes).map(Tensor::from)
    }

    /// Rows of one after those of another.
    pub fn joined(parts: &[Tensor], device: &Device) -> Result<Tensor> {
        let [first, _, ..] = parts else { return Ok(parts[0].clone()) };
        let there: Option<Vec<_>> = parts.iter().map(|p| p.candle(device)).collect::<Result<_>>()?;
        match there {
            Some(there) => {
                let joined = candle_core::Tensor::cat(&there, 0).map_err(failed("the rows of all batches"))?;
                Tensor::there(first.0.dtype, joined)
            }
            None => {
                let parts = parts.iter().map(Tensor::literal).collect::<Result<Vec<_>>>()?;
                let mut dims = parts[0].spec().dims("A batch")?.to_vec();
                dims[0] = parts.iter().map(|p| p.spec().shape[0].unwrap_or(0)).sum();
                let bytes: Vec<u8> = parts.iter().flat_map(|p| p.bytes().to_vec()).collect();
                Literal::new(first.0.dtype, &dims, &bytes).map(Tensor::from)
            }
        }
    }
}

/// Bytes of a tensor's elements.
pub(super) fn size(tensor: &candle_core::Tensor) -> usize {
    tensor.elem_count() * tensor.dtype().size_in_bytes()
}

fn upload(
    dtype: DType,
    to: C,
    dims: &[usize],
    bytes: &[u8],
    device: &Device,
) -> candle_core::Result<candle_core::Tensor> {
    // One number is an argument of the kernel that writes it, unless it would be rounded on the way.
    if dims.iter().product::<usize>() == 1 {
        let one = Literal::new(dtype, &[], bytes).ok().and_then(|l| l.as_scalar());
        let exact = |x: &f64| dtype.size() <= 4 || dtype == DType::F64 || x.abs() < 9e15;
        if let Some(one) = one.filter(exact) {
            return full(one, dims, to, device);
        }
    }
    let wide: Vec<u8>;
    let bytes = match dtype {
        DType::I16 => {
            wide =
                bytes.chunks_exact(2).flat_map(|b| i64::from(i16::from_ne_bytes([b[0], b[1]])).to_ne_bytes()).collect();
            &wide
        }
        DType::I32 => {
            let number = |b: &[u8]| i64::from(i32::from_ne_bytes([b[0], b[1], b[2], b[3]]));
            wide = bytes.chunks_exact(4).flat_map(|b| number(b).to_ne_bytes()).collect();
            &wide
        }
        _ => bytes,
    };
    transfers::to_device(bytes.len());
    candle_core::Tensor::from_raw_buffer(bytes, to, dims, device)
}

fn download(dtype: DType, tensor: &candle_core::Tensor) -> candle_core::Result<Vec<u8>> {
    transfers::to_host(size(tensor));
    let flat = tensor.flatten_all()?;
    macro_rules! bytes {
        ($T:ty) => {
            flat.to_vec1::<$T>()?.into_iter().flat_map(|x| x.to_ne_bytes()).collect()
        };
    }
    Ok(match (tensor.dtype(), dtype) {
        (C::I64, DType::I16) => flat.to_vec1::<i64>()?.into_iter().flat_map(|x| (x as i16).to_ne_bytes()).collect(),
        (C::I64, DType::I32) => flat.to_vec1::<i64>()?.into_iter().flat_map(|x| (x as i32).to_ne_bytes()).collect(),
        (C::U8, _) => flat.to_vec1::<u8>()?,
        (C::U32, _) => bytes!(u32),
        (C::I64, _) => bytes!(i64),
        (C::F16, _) => bytes!(half::f16),
        (C::BF16, _) => bytes!(half::bf16),
        (C::F32, _) => bytes!(f32),
        (C::F64, _) => bytes!(f64),
        (other, _) => return Err(candle_core::Error::Msg(format!("nothing here is of dtype {other:?}"))),
    })
}
