//! An array as it comes out of a file: plain bytes, little-endian, in C order.

use crate::{Error, Result};

/// The most dimensions an array may have, as in NumPy.
pub const MAX_RANK: usize = 64;

/// What an array is made of. The names are Keras's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the type it is named after")]
pub enum ElementType {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float16,
    BFloat16,
    Float32,
    Float64,
}

impl ElementType {
    /// Keras's name of this type: `float32`, `uint8`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float16 => "float16",
            Self::BFloat16 => "bfloat16",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
        }
    }

    /// The type of this name, as [`ElementType::name`] gives it.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|element| element.name() == name)
            .ok_or_else(|| Error::new(format!("no file keeps elements of type {name}")))
    }

    const ALL: [Self; 13] = [
        Self::Bool,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::Float16,
        Self::BFloat16,
        Self::Float32,
        Self::Float64,
    ];

    /// The bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::Uint8 => 1,
            Self::Int16 | Self::Uint16 | Self::Float16 | Self::BFloat16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Int64 | Self::Uint64 | Self::Float64 => 8,
        }
    }
}

/// An array of a file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayInfo {
    /// As [`NamedArray::name`].
    pub name: String,
    /// What the array is made of.
    pub element: ElementType,
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// How many bytes its elements are.
    pub bytes: usize,
}

/// One array of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedArray {
    /// The member's name in an npz, the dataset's path in an HDF5 file, empty in an IDX file.
    pub name: String,
    /// What the array is made of.
    pub element: ElementType,
    /// The size of each dimension; empty for a scalar.
    pub shape: Vec<usize>,
    /// The elements in C order, little-endian: exactly `shape`'s product times the element's size.
    pub data: Vec<u8>,
}

/// An array of a file that is about to be read.
pub trait Elements {
    /// What it is.
    fn info(&self) -> &ArrayInfo;

    /// Reads it, in C order and little-endian, to where it belongs.
    ///
    /// # Errors
    /// When `into` has not its size, or the file does not hold what it declares.
    fn read_into(&self, into: &mut [u8]) -> Result<()>;

    /// Reads it into memory of its own.
    ///
    /// # Errors
    /// As [`Elements::read_into`], and where the memory cannot be had.
    fn read(&self) -> Result<NamedArray> {
        let ArrayInfo { name, element, shape, bytes } = self.info().clone();
        let mut data = allocate(bytes)?;
        self.read_into(&mut data)?;
        Ok(NamedArray { name, element, shape, data })
    }
}

impl ArrayInfo {
    /// # Errors
    /// Unless so many bytes are what the array has.
    pub fn check_size(&self, bytes: usize) -> Result<()> {
        if bytes == self.bytes {
            return Ok(());
        }
        Err(Error::new(format!("{bytes} bytes are expected, the array has {}", self.bytes)))
    }
}

/// What is told of arrays one after the other.
pub type Visitor<'a> = &'a mut dyn FnMut(&dyn Elements) -> Result<()>;

/// The arrays that `show` shows, each read into memory of its own.
pub fn collected(show: impl FnOnce(Visitor<'_>) -> Result<()>) -> Result<Vec<NamedArray>> {
    let mut arrays = Vec::new();
    show(&mut |elements| {
        arrays.push(elements.read()?);
        Ok(())
    })?;
    Ok(arrays)
}

/// The bytes of an array of this shape, or an error where they cannot be counted.
pub fn byte_size(shape: &[usize], element: ElementType) -> Result<usize> {
    if shape.len() > MAX_RANK {
        return Err(Error::new(format!("{} dimensions, at most {MAX_RANK} are read", shape.len())));
    }
    // A zero among the dimensions must not hide that the others overflow.
    let mut elements = 1usize;
    for &dim in shape.iter().filter(|&&dim| dim != 0) {
        elements = elements.checked_mul(dim).ok_or_else(|| too_large(shape))?;
    }
    let bytes = elements.checked_mul(element.size()).ok_or_else(|| too_large(shape))?;
    Ok(if shape.contains(&0) { 0 } else { bytes })
}

fn too_large(shape: &[usize]) -> Error {
    Error::new(format!("an array of shape {shape:?} is larger than any memory"))
}

/// Turns big-endian elements into little-endian ones, in place.
pub fn swap_bytes(data: &mut [u8], element: ElementType) {
    if element.size() > 1 {
        data.chunks_exact_mut(element.size()).for_each(<[u8]>::reverse);
    }
}

/// A vector of `bytes` zeros, or an error where the memory cannot be had.
pub fn allocate(bytes: usize) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    data.try_reserve_exact(bytes).map_err(|_| Error::new(format!("no memory for {bytes} bytes")))?;
    data.resize(bytes, 0);
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_counted_or_refused() {
        assert_eq!(byte_size(&[], ElementType::Float32).unwrap(), 4);
        assert_eq!(byte_size(&[2, 3], ElementType::Float64).unwrap(), 48);
        assert_eq!(byte_size(&[0, 3], ElementType::Int8).unwrap(), 0);
        assert!(byte_size(&[usize::MAX, 2], ElementType::Int8).is_err());
        assert!(byte_size(&[usize::MAX, 2, 0], ElementType::Int8).is_err());
        assert!(byte_size(&[usize::MAX / 2], ElementType::Float32).is_err());
        assert!(byte_size(&[1; 65], ElementType::Float32).is_err());
    }

    #[test]
    fn memory_that_is_not_there_is_an_error() {
        assert!(allocate(usize::MAX / 4).is_err());
    }
}
