//! HDF5, the inside of Keras's weights. The one place that knows the HDF5 library.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use hdf5_pure::{Dataset, Datatype, DatatypeByteOrder, File, FloatingPointLayout, Group, Layout};

use crate::array::{ElementType, NamedArray, byte_size, swap_bytes};
use crate::{Error, Result};

/// The first bytes of every HDF5 file that Keras writes.
pub const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Deeper than models nest; links may form a circle.
const MAX_DEPTH: usize = 64;
/// More groups and datasets than any model has.
const MAX_OBJECTS: usize = 1_000_000;
/// Small files may unpack to this much…
const FREE_BYTES: u64 = 64 << 20;
/// …and others to this many times their size (datasets may be compressed, and linked to more than once).
const MAX_RATIO: u64 = 32;

/// Every dataset of the file at `path`, by its path within the file. Nothing but what is read is loaded.
pub fn read_file(path: &Path) -> Result<Vec<NamedArray>> {
    guarded(|| read_all(&File::open_streaming(path).map_err(refused)?))
}

/// Every dataset of the file that lies in memory.
pub fn read_bytes(bytes: Vec<u8>) -> Result<Vec<NamedArray>> {
    guarded(|| read_all(&File::from_bytes(bytes).map_err(refused)?))
}

/// A panic of the library over a broken file is one more way to refuse it.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::new("the HDF5 file is broken")))
}

fn refused(error: hdf5_pure::Error) -> Error {
    Error::new(format!("not readable as HDF5: {error}"))
}

fn read_all(file: &File) -> Result<Vec<NamedArray>> {
    let budget = FREE_BYTES.saturating_add(file.file_size().saturating_mul(MAX_RATIO));
    let mut walk = Walk { objects: 0, budget, arrays: Vec::new() };
    walk.group(&file.root(), "", 0)?;
    Ok(walk.arrays)
}

/// The state of the walk over a file's groups.
struct Walk {
    objects: usize,
    budget: u64,
    arrays: Vec<NamedArray>,
}

impl Walk {
    fn group(&mut self, group: &Group, path: &str, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("groups nest deeper than {MAX_DEPTH}, or in a circle")));
        }
        for (name, dataset) in group.iter_datasets().map_err(refused)? {
            let path = join(path, &name);
            self.count()?;
            let array = self.dataset(&dataset, path.clone()).map_err(|error| error.within(path))?;
            self.arrays.push(array);
        }
        for (name, child) in group.iter_groups().map_err(refused)? {
            self.count()?;
            self.group(&child, &join(path, &name), depth + 1)?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<()> {
        self.objects += 1;
        if self.objects > MAX_OBJECTS {
            return Err(Error::new(format!("more than {MAX_OBJECTS} groups and datasets, or links in a circle")));
        }
        Ok(())
    }

    fn dataset(&mut self, dataset: &Dataset, name: String) -> Result<NamedArray> {
        let (element, big_endian) = element_type(dataset)?;
        let sizes = dataset.shape().map_err(refused)?;
        let size = |&size: &u64| usize::try_from(size).map_err(|_| Error::new(format!("a dimension of {size}")));
        let shape = sizes.iter().map(size).collect::<Result<Vec<usize>>>()?;
        let bytes = byte_size(&shape, element)?;
        check_layout(dataset, bytes as u64)?;
        self.budget = self.budget.checked_sub(bytes as u64).ok_or_else(|| {
            Error::new(format!("{} of shape {shape:?} would unpack to far more than the file holds", element.name()))
        })?;
        let mut data = if bytes == 0 { Vec::new() } else { dataset.read_raw().map_err(refused)? };
        if data.len() != bytes {
            return Err(Error::new(format!("shape {shape:?} is {bytes} bytes, {} are stored", data.len())));
        }
        if big_endian {
            swap_bytes(&mut data, element);
        }
        Ok(NamedArray { name, element, shape, data })
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// Refuses layouts that promise elements which are not stored, and chunks far larger than what they are chunks of.
fn check_layout(dataset: &Dataset, bytes: u64) -> Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    match dataset.layout().map_err(refused)? {
        Layout::Compact { .. } | Layout::Contiguous { address: Some(_), .. } => Ok(()),
        Layout::Contiguous { address: None, .. } => Err(Error::new("the elements were never written")),
        Layout::Chunked { chunk_shape, .. } => {
            let element = dataset.element_size().map_err(refused)?;
            let chunk = chunk_shape.iter().try_fold(element, |product, &size| product.checked_mul(size));
            // An extensible dataset may have one chunk that is larger than it, but not by this much.
            match chunk {
                Some(chunk) if chunk <= bytes.saturating_mul(4).max(1 << 20) => Ok(()),
                _ => Err(Error::new(format!("chunks of shape {chunk_shape:?} for an array of {bytes} bytes"))),
            }
        }
        _ => Err(Error::new("the elements lie in other files, which are not read")),
    }
}

/// What a dataset is made of, and whether it is big-endian.
fn element_type(dataset: &Dataset) -> Result<(ElementType, bool)> {
    let datatype = dataset.datatype().map_err(refused)?;
    let known = match &datatype {
        Datatype::FixedPoint { size, byte_order, layout } => {
            let plain = layout.bit_offset == 0 && u32::from(layout.bit_precision) == size.saturating_mul(8);
            integer(*size, layout.signed).filter(|_| plain).zip(Some(*byte_order))
        }
        Datatype::FloatingPoint { byte_order, layout, .. } => floating(layout).zip(Some(*byte_order)),
        // NumPy's bool, as h5py stores it.
        Datatype::Enumeration { size: 1, members, .. }
            if members.iter().map(|m| m.name.as_str()).eq(["FALSE", "TRUE"]) =>
        {
            Some((ElementType::Bool, DatatypeByteOrder::LittleEndian))
        }
        _ => None,
    };
    match known {
        Some((element, DatatypeByteOrder::LittleEndian)) => Ok((element, false)),
        Some((element, DatatypeByteOrder::BigEndian)) => Ok((element, true)),
        _ => {
            let found = dataset.dtype().map_err(refused)?;
            Err(Error::new(format!("the dataset holds {found}, expected plain numbers or booleans")))
        }
    }
}

fn integer(size: u32, signed: bool) -> Option<ElementType> {
    Some(match (size, signed) {
        (1, true) => ElementType::Int8,
        (2, true) => ElementType::Int16,
        (4, true) => ElementType::Int32,
        (8, true) => ElementType::Int64,
        (1, false) => ElementType::Uint8,
        (2, false) => ElementType::Uint16,
        (4, false) => ElementType::Uint32,
        (8, false) => ElementType::Uint64,
        _ => return None,
    })
}

fn floating(layout: &FloatingPointLayout) -> Option<ElementType> {
    const BINARY16: FloatingPointLayout = FloatingPointLayout {
        bit_offset: 0,
        bit_precision: 16,
        exponent_location: 10,
        exponent_size: 5,
        mantissa_location: 0,
        mantissa_size: 10,
        exponent_bias: 15,
    };
    match *layout {
        BINARY16 => Some(ElementType::Float16),
        FloatingPointLayout::IEEE754_BINARY32 => Some(ElementType::Float32),
        FloatingPointLayout::IEEE754_BINARY64 => Some(ElementType::Float64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hdf5_pure::FileBuilder;

    use super::*;

    fn sample() -> Vec<u8> {
        let mut builder = FileBuilder::new();
        let mut layers = builder.create_group("layers");
        let mut dense = layers.create_group("dense");
        dense.create_dataset("0").with_f32_data(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).with_shape(&[2, 3]);
        dense.create_dataset("1").with_i64_data(&[7, 8]).with_shape(&[2]);
        layers.add_group(dense.finish());
        builder.add_group(layers.finish());
        builder.create_dataset("scalar").with_f64_data(&[0.5]).with_shape(&[]);
        builder.finish().unwrap()
    }

    #[test]
    fn reads_every_dataset_by_its_path() {
        let mut arrays = read_bytes(sample()).unwrap();
        arrays.sort_by(|a, b| a.name.cmp(&b.name));
        let named: Vec<_> = arrays.iter().map(|a| (a.name.as_str(), a.element.name(), a.shape.as_slice())).collect();
        assert_eq!(
            named,
            [
                ("layers/dense/0", "float32", [2, 3].as_slice()),
                ("layers/dense/1", "int64", &[2]),
                ("scalar", "float64", &[])
            ]
        );
        assert_eq!(&arrays[0].data[8..12], 3f32.to_le_bytes());
        assert_eq!(arrays[2].data, 0.5f64.to_le_bytes());
    }

    #[test]
    fn refuses_what_unpacks_to_far_more() {
        let mut builder = FileBuilder::new();
        builder
            .create_dataset("big")
            .with_f32_data(&vec![0.0; 50_000_000])
            .with_shape(&[50_000_000])
            .with_chunks(&[1 << 20])
            .with_deflate(9);
        let bytes = builder.finish().unwrap();
        assert!(bytes.len() < 2_000_000, "{}", bytes.len());
        let message = read_bytes(bytes).unwrap_err().to_string();
        assert!(message.contains("big") && message.contains("far more"), "{message}");
    }

    #[test]
    fn truncations_and_bit_flips_never_panic_or_run_away() {
        let good = sample();
        for length in 0..good.len() {
            let _ = read_bytes(good[..length].to_vec());
        }
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let _ = read_bytes(bad);
        }
    }
}
