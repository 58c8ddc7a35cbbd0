//! Constant data inside a graph.

use crate::{BF16, DType, Error, F16, Half, Result, Spec};
use std::sync::Arc;

/// A constant tensor: its bytes are aligned for every dtype and shared, never changed.
#[derive(Clone)]
pub struct Literal {
    spec: Spec,
    words: Arc<[u64]>,
    bytes: usize,
}

impl Literal {
    /// A constant from little-endian bytes in row-major order.
    pub fn new(dtype: DType, shape: &[usize], data: &[u8]) -> Result<Self> {
        let spec = Spec::known(dtype, shape);
        let want = spec.len().and_then(|n| n.checked_mul(dtype.size()));
        if want != Some(data.len()) {
            return Err(Error::value(format!("A constant of {spec} does not fit {} bytes of data.", data.len())));
        }
        let mut words = vec![0u64; data.len().div_ceil(8)];
        for (word, chunk) in words.iter_mut().zip(data.chunks(8)) {
            let mut b = [0u8; 8];
            b[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_ne_bytes(b);
        }
        Ok(Self { spec, words: words.into(), bytes: data.len() })
    }

    /// A constant without dimensions; the number is converted to the dtype (integers truncate, bool is ≠ 0).
    pub fn scalar(dtype: DType, value: f64) -> Result<Self> {
        let b: Vec<u8> = match dtype {
            DType::Bool => vec![(value != 0.0) as u8],
            DType::U8 => (value as u8).to_ne_bytes().into(),
            DType::U16 => (value as u16).to_ne_bytes().into(),
            DType::U32 => (value as u32).to_ne_bytes().into(),
            DType::U64 => (value as u64).to_ne_bytes().into(),
            DType::I8 => (value as i8).to_ne_bytes().into(),
            DType::I16 => (value as i16).to_ne_bytes().into(),
            DType::I32 => (value as i32).to_ne_bytes().into(),
            DType::I64 => (value as i64).to_ne_bytes().into(),
            DType::F32 => (value as f32).to_ne_bytes().into(),
            DType::F64 => value.to_ne_bytes().into(),
            DType::F16 => F16::from_f64(value).0.to_ne_bytes().into(),
            DType::BF16 => BF16::from_f64(value).0.to_ne_bytes().into(),
        };
        Self::new(dtype, &[], &b)
    }

    /// The same numbers in another shape.
    pub fn reshaped(&self, shape: &[usize]) -> Result<Self> {
        let spec = Spec::known(self.spec.dtype, shape);
        if spec.len() != self.spec.len() {
            return Err(Error::value(format!("A constant of {} does not fit {spec}.", self.spec)));
        }
        Ok(Self { spec, words: self.words.clone(), bytes: self.bytes })
    }

    /// Shape and dtype.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The data, aligned to 8 bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `words` holds at least `bytes` initialised bytes, and u8 has no alignment or validity demands.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.bytes) }
    }

    /// The one element as a number, when there is exactly one.
    pub fn as_scalar(&self) -> Option<f64> {
        if self.spec.len() != Some(1) {
            return None;
        }
        let b = self.bytes();
        fn arr<const N: usize>(b: &[u8]) -> [u8; N] {
            let mut a = [0; N];
            a.copy_from_slice(&b[..N]);
            a
        }
        Some(match self.spec.dtype {
            DType::Bool | DType::U8 => b[0] as f64,
            DType::U16 => u16::from_ne_bytes(arr(b)) as f64,
            DType::U32 => u32::from_ne_bytes(arr(b)) as f64,
            DType::U64 => u64::from_ne_bytes(arr(b)) as f64,
            DType::I8 => b[0] as i8 as f64,
            DType::I16 => i16::from_ne_bytes(arr(b)) as f64,
            DType::I32 => i32::from_ne_bytes(arr(b)) as f64,
            DType::I64 => i64::from_ne_bytes(arr(b)) as f64,
            DType::F32 => f32::from_ne_bytes(arr(b)) as f64,
            DType::F64 => f64::from_ne_bytes(arr(b)),
            DType::F16 => F16(u16::from_ne_bytes(arr(b))).to_f32().into(),
            DType::BF16 => BF16(u16::from_ne_bytes(arr(b))).to_f32().into(),
        })
    }
}

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_scalar() {
            Some(v) if self.spec.rank() == 0 => write!(f, "{v}"),
            _ => write!(f, "{}…", self.spec),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_round_trip() {
        for d in DType::ALL {
            assert_eq!(Literal::scalar(d, 1.0).unwrap().as_scalar(), Some(1.0), "{d}");
        }
    }

    #[test]
    fn sizes_are_checked() {
        assert!(Literal::new(DType::F32, &[2], &[0; 4]).is_err());
        assert!(Literal::new(DType::F32, &[usize::MAX, 2], &[0; 4]).is_err());
        assert_eq!(Literal::new(DType::U8, &[3], &[1, 2, 3]).unwrap().bytes(), &[1, 2, 3]);
    }
}
