//! Safetensors: a header in JSON, then the elements.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, serialize_to_file};

use crate::array::{ArrayInfo, ElementType, NamedArray, Visitor, allocate};
use crate::{Elements, Error, Result};

/// More than the header of any model.
const MAX_HEADER: u64 = 16 << 20;

/// The arrays of the file at `path`.
pub fn list(path: &Path) -> Result<Vec<ArrayInfo>> {
    let (metadata, _) = header(&mut File::open(path)?)?;
    metadata.offset_keys().into_iter().map(|name| Ok(info(&metadata, name)?.0)).collect()
}

/// Shows the arrays of these names, or all of them.
pub fn visit(path: &Path, names: Option<&[String]>, visit: Visitor<'_>) -> Result<()> {
    let mut file = File::open(path)?;
    let (metadata, start) = header(&mut file)?;
    for name in names.map_or_else(|| metadata.offset_keys(), <[String]>::to_vec) {
        let (info, offset) = info(&metadata, name)?;
        visit(&Stored { info, file: &file, start: start + offset })?;
    }
    Ok(())
}

/// An array that is about to be read.
struct Stored<'a> {
    info: ArrayInfo,
    file: &'a File,
    start: u64,
}

impl Elements for Stored<'_> {
    fn info(&self) -> &ArrayInfo {
        &self.info
    }

    fn read_into(&self, into: &mut [u8]) -> Result<()> {
        self.info.check_size(into.len())?;
        let mut file = self.file;
        file.seek(SeekFrom::Start(self.start))?;
        Ok(file.read_exact(into)?)
    }
}

/// The header, and where the elements begin. The library has checked that they fill the rest without gaps.
fn header(file: &mut File) -> Result<(Metadata, u64)> {
    let size = file.metadata()?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER || length.saturating_add(8) > size {
        return Err(Error::new(format!(
            "a header of {length} bytes in a file of {size}; at most {MAX_HEADER} are read"
        )));
    }
    let mut text = allocate(length as usize)?;
    file.read_exact(&mut text)?;
    let metadata: Metadata =
        serde_json::from_slice(&text).map_err(|error| Error::new(format!("the header cannot be read: {error}")))?;
    let start = 8 + length;
    if start.checked_add(metadata.data_len() as u64) != Some(size) {
        return Err(Error::new(format!("{} bytes of elements in a file of {size}", metadata.data_len())));
    }
    Ok((metadata, start))
}

fn info(metadata: &Metadata, name: String) -> Result<(ArrayInfo, u64)> {
    let Some(found) = metadata.info(&name) else { return Err(Error::new("it is not there").within(name)) };
    let (from, to) = found.data_offsets;
    let element = element_of(found.dtype).map_err(|error| error.within(&name))?;
    Ok((ArrayInfo { name, element, shape: found.shape.clone(), bytes: to - from }, from as u64))
}

/// Both names of each type.
const TYPES: [(Dtype, ElementType); 13] = [
    (Dtype::BOOL, ElementType::Bool),
    (Dtype::I8, ElementType::Int8),
    (Dtype::I16, ElementType::Int16),
    (Dtype::I32, ElementType::Int32),
    (Dtype::I64, ElementType::Int64),
    (Dtype::U8, ElementType::Uint8),
    (Dtype::U16, ElementType::Uint16),
    (Dtype::U32, ElementType::Uint32),
    (Dtype::U64, ElementType::Uint64),
    (Dtype::F16, ElementType::Float16),
    (Dtype::BF16, ElementType::BFloat16),
    (Dtype::F32, ElementType::Float32),
    (Dtype::F64, ElementType::Float64),
];

fn element_of(dtype: Dtype) -> Result<ElementType> {
    let found = TYPES.iter().find(|(own, _)| *own == dtype);
    found.map(|(_, element)| *element).ok_or_else(|| Error::new(format!("elements of type {dtype:?}")))
}

/// Writes a `.safetensors` file.
///
/// # Errors
/// For arrays whose bytes are not those of their shape, and whatever goes wrong in writing.
pub fn write_safetensors(
    path: impl AsRef<Path>,
    arrays: &[NamedArray],
    metadata: HashMap<String, String>,
) -> Result<()> {
    let path = path.as_ref();
    let write = || -> Result<()> {
        let views = arrays.iter().map(view_of).collect::<Result<Vec<_>>>()?;
        let views = views.iter().map(|(name, view)| (name.as_str(), view));
        serialize_to_file(views, Some(metadata), path).map_err(|error| Error::new(error.to_string()))?;
        File::open(path)?.sync_all()?;
        Ok(())
    };
    write().map_err(|error| error.within(path.display()))
}

fn view_of(array: &NamedArray) -> Result<(String, TensorView<'_>)> {
    let dtype = TYPES.iter().find(|(_, own)| *own == array.element).map_or(Dtype::U8, |(dtype, _)| *dtype);
    let view = TensorView::new(dtype, array.shape.clone(), &array.data);
    Ok((array.name.clone(), view.map_err(|error| Error::new(error.to_string()))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::collected;

    fn read(path: &Path, names: Option<&[String]>) -> Result<Vec<NamedArray>> {
        collected(|each| visit(path, names, each))
    }

    #[test]
    fn arrays_come_back_and_broken_files_do_not() {
        let path = std::env::temp_dir().join(format!("kerosene-{}.safetensors", std::process::id()));
        let array = |name: &str, element: ElementType, shape: &[usize]| {
            let bytes = shape.iter().product::<usize>() * element.size();
            let data = (0..bytes).map(|i| i as u8).collect();
            NamedArray { name: name.into(), element, shape: shape.to_vec(), data }
        };
        let arrays = [
            array("layers/dense/vars/0", ElementType::Float32, &[2, 3]),
            array("layers/dense/vars/1", ElementType::BFloat16, &[3]),
            array("scalar", ElementType::Int32, &[]),
        ];
        write_safetensors(&path, &arrays, HashMap::from([("format".into(), "keras".into())])).unwrap();
        let mut read_back = read(&path, None).unwrap();
        read_back.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(read_back, arrays);
        assert_eq!(read(&path, Some(&["scalar".into()])).unwrap(), arrays[2..]);
        assert!(read(&path, Some(&["none".into()])).is_err());
        let good = std::fs::read(&path).unwrap();
        for cut in 0..good.len() {
            std::fs::write(&path, &good[..cut]).unwrap();
            assert!(read(&path, None).is_err(), "{cut}");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x11;
            std::fs::write(&path, &bad).unwrap();
            let _ = read(&path, None);
        }
        std::fs::write(&path, [&(1u64 << 62).to_le_bytes()[..], b"{}"].concat()).unwrap();
        assert!(list(&path).unwrap_err().to_string().contains("header"));
        std::fs::remove_file(path).unwrap();
    }
}
