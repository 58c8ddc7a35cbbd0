//! Reading HDF5, the inside of Keras's weights. Only this file and `hdf5_write` know the HDF5 library.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use hdf5_pure::{Dataset, Datatype, DatatypeByteOrder, File, FloatingPointLayout, FormatError, Group, Layout, Source};

use crate::array::{ArrayInfo, ElementType, Visitor, byte_size, swap_bytes};
#[cfg(test)]
use crate::array::{NamedArray, collected};
use crate::{Elements, Error, Result};

/// The first bytes of every HDF5 file that Keras writes.
pub const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Deeper than models nest; links may form a circle.
const MAX_DEPTH: usize = 64;
/// More groups and datasets than any model has.
const MAX_OBJECTS: usize = 1_000_000;
/// Longer than any path of a model.
const MAX_NAME: usize = 4096;
/// Small files may unpack to this much…
const FREE_BYTES: u64 = 16 << 20;
/// …and others to this many times their size (datasets may be compressed, and linked to more than once).
const MAX_RATIO: u64 = 2;

/// Texts of a group: one, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The group's path, empty for the root.
    pub group: String,
    /// The attribute's name.
    pub name: String,
    /// The texts.
    pub values: Vec<String>,
}

/// What a file holds, without the elements.
#[derive(Debug, Default)]
pub struct Contents {
    /// The datasets, by their paths within the file.
    pub arrays: Vec<ArrayInfo>,
    /// The attributes that are texts, where they were asked for.
    pub attributes: Vec<Attribute>,
}

/// An HDF5 file whose declarations are checked before memory is taken.
pub struct Hdf5 {
    file: File,
    bytes: Window,
}

impl Hdf5 {
    /// The file at `path`. Nothing but what is read is loaded.
    pub fn open(path: &Path) -> Result<Self> {
        let size = std::fs::metadata(path)?.len();
        Self::from_window(Window::open(path, 0, size)?)
    }

    /// The file that lies in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::from_window(Window::Memory(bytes.into()))
    }

    /// The file that is a part of another.
    pub fn from_window(window: Window) -> Result<Self> {
        guarded(|| Ok(Self { file: File::from_source(window.clone()).map_err(refused)?, bytes: window }))
    }

    /// Everything in the file but the elements.
    ///
    /// # Errors
    /// For anything a file of weights does not hold.
    pub fn contents(&self, with_attributes: bool) -> Result<Contents> {
        guarded(|| {
            let mut walk = Walk::new(&self.file);
            walk.with_attributes = with_attributes;
            walk.group(&self.file.root(), "", 0, &mut |_, _| Ok(()))?;
            Ok(walk.contents)
        })
    }

    /// The datasets of these paths, or all of them.
    ///
    /// # Errors
    /// When one is not there, or does not hold what it declares.
    #[cfg(test)]
    pub fn read(&self, names: Option<&[String]>) -> Result<Vec<NamedArray>> {
        collected(|visit| self.visit(names, visit))
    }

    /// Shows the datasets of these paths, or all of them, in the file's order.
    ///
    /// # Errors
    /// As [`Hdf5::read`], and those of `visit`.
    pub fn visit(&self, names: Option<&[String]>, visit: Visitor<'_>) -> Result<()> {
        let wanted: Option<HashSet<&str>> = names.map(|names| names.iter().map(String::as_str).collect());
        let mut found = 0;
        guarded(|| {
            let mut walk = Walk::new(&self.file);
            walk.group(&self.file.root(), "", 0, &mut |dataset, info| {
                if wanted.as_ref().is_none_or(|wanted| wanted.contains(info.name.as_str())) {
                    found += 1;
                    visit(&Stored { dataset, info, bytes: &self.bytes })?;
                }
                Ok(())
            })
        })?;
        match wanted.map_or(0, |wanted| wanted.len().saturating_sub(found)) {
            0 => Ok(()),
            missing => Err(Error::new(format!("{missing} of the arrays that are asked for are not there"))),
        }
    }
}

/// A dataset that is about to be read.
struct Stored<'a> {
    dataset: &'a Dataset,
    info: &'a ArrayInfo,
    bytes: &'a Window,
}

impl Elements for Stored<'_> {
    fn info(&self) -> &ArrayInfo {
        self.info
    }

    /// What lies in one piece goes straight from the file to where it belongs.
    fn read_into(&self, into: &mut [u8]) -> Result<()> {
        let ArrayInfo { element, shape, bytes, .. } = self.info;
        let differs = |stored: usize| Error::new(format!("shape {shape:?} is {bytes} bytes, {stored} are stored"));
        self.info.check_size(into.len())?;
        if *bytes == 0 {
            return Ok(());
        }
        match self.dataset.layout().map_err(refused)? {
            Layout::Contiguous { address: Some(address), size } => {
                if size != *bytes as u64 {
                    return Err(differs(usize::try_from(size).unwrap_or(usize::MAX)));
                }
                self.bytes.read_at(address, into).map_err(|error| Error::new(error.to_string()))?;
            }
            _ => {
                let data = self.dataset.read_raw().map_err(refused)?;
                if data.len() != *bytes {
                    return Err(differs(data.len()));
                }
                into.copy_from_slice(&data);
            }
        }
        if element_type(self.dataset)?.1 {
            swap_bytes(into, *element);
        }
        Ok(())
    }
}

/// A file, or a part of one, or memory: what can be read from any place.
#[derive(Clone)]
pub enum Window {
    /// From `start`, `size` bytes of a file.
    File { file: Arc<Mutex<std::fs::File>>, start: u64, size: u64 },
    /// What was unpacked.
    Memory(Arc<[u8]>),
}

impl Window {
    /// The `size` bytes from `start` of the file at `path`, which must have them.
    pub fn open(path: &Path, start: u64, size: u64) -> Result<Self> {
        let file = std::fs::File::open(path)?;
        let end = start.checked_add(size).filter(|&end| file.metadata().is_ok_and(|found| end <= found.len()));
        end.map(|_| Self::File { file: Arc::new(Mutex::new(file)), start, size })
            .ok_or_else(|| Error::new("the file ends too early"))
    }
}

impl Source for Window {
    fn len(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::result::Result<(), FormatError> {
        let end = offset.checked_add(buffer.len() as u64).filter(|&end| end <= self.len());
        if end.is_none() {
            let available = usize::try_from(self.len().saturating_sub(offset)).unwrap_or(usize::MAX);
            return Err(FormatError::UnexpectedEof { expected: buffer.len(), available });
        }
        match self {
            Self::Memory(bytes) => {
                buffer.copy_from_slice(&bytes[offset as usize..offset as usize + buffer.len()]);
                Ok(())
            }
            Self::File { file, start, .. } => {
                let mut file = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                file.seek(SeekFrom::Start(start + offset))
                    .and_then(|_| file.read_exact(buffer))
                    .map_err(|error| FormatError::Source(error.to_string()))
            }
        }
    }
}

/// A panic of the library over a broken file is one more way to refuse it.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::new("the HDF5 file is broken")))
}

pub fn refused(error: hdf5_pure::Error) -> Error {
    Error::new(format!("not readable as HDF5: {error}"))
}

/// The state of the walk over a file's groups.
struct Walk {
    objects: usize,
    budget: u64,
    with_attributes: bool,
    contents: Contents,
}

type Visit<'a> = &'a mut dyn FnMut(&Dataset, &ArrayInfo) -> Result<()>;

impl Walk {
    fn new(file: &File) -> Self {
        let budget = FREE_BYTES.saturating_add(file.file_size().saturating_mul(MAX_RATIO));
        Self { objects: 0, budget, with_attributes: false, contents: Contents::default() }
    }

    fn group(&mut self, group: &Group, path: &str, depth: usize, visit: Visit<'_>) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("groups nest deeper than {MAX_DEPTH}, or in a circle")));
        }
        if self.with_attributes {
            self.attributes(group, path)?;
        }
        for (name, dataset) in group.iter_datasets().map_err(refused)? {
            let path = join(path, &name);
            self.count(&path)?;
            let info = self.dataset(&dataset, path.clone()).map_err(|error| error.within(&path))?;
            visit(&dataset, &info).map_err(|error| error.within(&path))?;
            self.contents.arrays.push(info);
        }
        for (name, child) in group.iter_groups().map_err(refused)? {
            let path = join(path, &name);
            self.count(&path)?;
            self.group(&child, &path, depth + 1, visit)?;
        }
        Ok(())
    }

    fn attributes(&mut self, group: &Group, path: &str) -> Result<()> {
        for (name, value) in group.attrs().map_err(refused)? {
            let one = value.as_str().map(|text| vec![text.to_owned()]);
            let Some(values) = one.or_else(|| value.as_strings().map(<[String]>::to_vec)) else { continue };
            let bytes: usize = values.iter().map(|text| text.len() + 24).sum();
            self.spend(bytes as u64)?;
            self.contents.attributes.push(Attribute { group: path.to_owned(), name, values });
        }
        Ok(())
    }

    fn count(&mut self, path: &str) -> Result<()> {
        self.objects += 1;
        if self.objects > MAX_OBJECTS {
            return Err(Error::new(format!("more than {MAX_OBJECTS} groups and datasets, or links in a circle")));
        }
        if path.len() > MAX_NAME {
            return Err(Error::new(format!("a path of {} bytes; at most {MAX_NAME} are read", path.len())));
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<()> {
        let left = self.budget.checked_sub(bytes);
        self.budget = left.ok_or_else(|| Error::new("it would unpack to far more than the file holds"))?;
        Ok(())
    }

    fn dataset(&mut self, dataset: &Dataset, name: String) -> Result<ArrayInfo> {
        let (element, _) = element_type(dataset)?;
        let sizes = dataset.shape().map_err(refused)?;
        let size = |&size: &u64| usize::try_from(size).map_err(|_| Error::new(format!("a dimension of {size}")));
        let shape = sizes.iter().map(size).collect::<Result<Vec<usize>>>()?;
        let bytes = byte_size(&shape, element)?;
        check_layout(dataset, bytes as u64)?;
        self.spend(bytes as u64)?;
        Ok(ArrayInfo { name, element, shape, bytes })
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
        // What h5py makes of a type that HDF5 does not know; Keras says beside it what it is.
        Datatype::Opaque { size: 2, .. } if is_bfloat16(dataset)? => {
            Some((ElementType::BFloat16, DatatypeByteOrder::LittleEndian))
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

fn is_bfloat16(dataset: &Dataset) -> Result<bool> {
    let attributes = dataset.attrs().map_err(refused)?;
    Ok(attributes.get("dtype").and_then(|value| value.as_str()) == Some("bfloat16"))
}

/// Numbers of two bytes, IEEE's.
pub const BINARY16: FloatingPointLayout = FloatingPointLayout {
    bit_offset: 0,
    bit_precision: 16,
    exponent_location: 10,
    exponent_size: 5,
    mantissa_location: 0,
    mantissa_size: 10,
    exponent_bias: 15,
};

fn floating(layout: &FloatingPointLayout) -> Option<ElementType> {
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

    fn read_bytes(bytes: Vec<u8>) -> Result<Vec<NamedArray>> {
        Hdf5::from_bytes(bytes)?.read(None)
    }

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
    fn reads_the_arrays_that_are_asked_for() {
        let file = Hdf5::from_bytes(sample()).unwrap();
        let names = |arrays: &[NamedArray]| arrays.iter().map(|array| array.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&file.read(Some(&["scalar".into()])).unwrap()), ["scalar"]);
        assert!(file.read(Some(&["layers/dense/2".into()])).unwrap_err().to_string().contains("not there"));
        assert_eq!(file.contents(true).unwrap().arrays.len(), 3);
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
