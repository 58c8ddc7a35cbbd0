//! Keras's own files: `.weights.h5` and legacy `.h5`, and `.keras`, a zip of a configuration, such weights and assets. Safetensors too.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::archive::Archive;
use crate::array::{ArrayInfo, NamedArray, Visitor, collected};
use crate::hdf5::{self, Attribute, Hdf5, Window};
use crate::hdf5_write::{Weights, write_hdf5};
use crate::{Error, Result, safe};

const ZIP: &[u8] = b"PK\x03\x04";
const CONFIG: &str = "config.json";
const METADATA: &str = "metadata.json";
const WEIGHTS: &str = "model.weights.h5";
const ASSETS: &str = "assets/";
/// More text than any configuration has.
const MAX_TEXT: usize = 16 << 20;

/// What a file is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A `.keras` archive.
    Keras,
    /// A `.weights.h5` file, or a legacy `.h5`.
    Hdf5,
    /// A `.safetensors` file.
    Safetensors,
}

/// A file that a model keeps in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The name under `assets/`.
    pub name: String,
    /// Its contents.
    pub data: Vec<u8>,
}

/// A model's file without the elements of its arrays.
#[derive(Debug)]
pub struct ModelFile {
    /// What kind of file it is.
    pub format: Format,
    /// `config.json` of a `.keras`.
    pub config: Option<String>,
    /// `metadata.json` of a `.keras`.
    pub metadata: Option<String>,
    /// The arrays.
    pub arrays: Vec<ArrayInfo>,
    /// Texts of an HDF5 file's groups.
    pub attributes: Vec<Attribute>,
    /// The assets of a `.keras`.
    pub assets: Vec<Asset>,
}

/// Looks into a model's file. Nothing in it is run, and no array is read.
///
/// # Errors
/// When the file is none that is known, or a part of it is broken.
pub fn inspect_model(path: impl AsRef<Path>) -> Result<ModelFile> {
    let path = path.as_ref();
    inspect(path).map_err(|error| error.within(path.display()))
}

fn inspect(path: &Path) -> Result<ModelFile> {
    let format = format_of(path)?;
    let mut model =
        ModelFile { format, config: None, metadata: None, arrays: vec![], attributes: vec![], assets: vec![] };
    match format {
        Format::Safetensors => model.arrays = safe::list(path)?,
        Format::Hdf5 => {
            let contents = Hdf5::open(path)?.contents(true)?;
            (model.arrays, model.attributes) = (contents.arrays, contents.attributes);
        }
        Format::Keras => {
            let mut archive = Archive::open(path)?.strict();
            model.config = Some(text(&mut archive, CONFIG)?);
            model.metadata = archive.has(METADATA).then(|| text(&mut archive, METADATA)).transpose()?;
            let names = archive.names()?;
            for name in names.iter().filter(|name| name.starts_with(ASSETS) && !name.ends_with('/')) {
                let data = archive.read(name)?;
                model.assets.push(Asset { name: name[ASSETS.len()..].into(), data });
            }
            let contents = weights_of(&mut archive, path)?.contents(false);
            model.arrays = contents.map_err(|error| error.within(WEIGHTS))?.arrays;
        }
    }
    Ok(model)
}

fn text(archive: &mut Archive<std::io::BufReader<File>>, name: &str) -> Result<String> {
    let data = archive.read(name)?;
    if data.len() > MAX_TEXT {
        return Err(Error::new(format!("{} bytes of text; at most {MAX_TEXT} are read", data.len())).within(name));
    }
    String::from_utf8(data).map_err(|_| Error::new("not text").within(name))
}

/// The weights inside an archive: from where they lie, or unpacked where they are compressed.
fn weights_of(archive: &mut Archive<std::io::BufReader<File>>, path: &Path) -> Result<Hdf5> {
    if !archive.has(WEIGHTS) {
        return Err(Error::new(format!("no member {WEIGHTS}; other formats of weights are not read")));
    }
    let open = |archive: &mut Archive<_>| match archive.stored(WEIGHTS)? {
        Some(stored) => Hdf5::from_window(Window::open(path, stored.start, stored.size)?),
        None => Hdf5::from_bytes(archive.read(WEIGHTS)?),
    };
    open(archive).map_err(|error| error.within(WEIGHTS))
}

fn format_of(path: &Path) -> Result<Format> {
    let mut start = Vec::new();
    File::open(path)?.take(9).read_to_end(&mut start)?;
    if start.starts_with(ZIP) {
        Ok(Format::Keras)
    } else if start.starts_with(hdf5::SIGNATURE) {
        Ok(Format::Hdf5)
    } else if start.len() == 9 && start[8] == b'{' {
        Ok(Format::Safetensors)
    } else {
        Err(Error::new("neither a .keras (zip) nor a .weights.h5 (HDF5) nor a .safetensors file"))
    }
}

/// Reads arrays of a model's file (`.keras`, `.weights.h5`, `.safetensors`, told apart by their contents), named by their paths in it, such as
/// `layers/dense/vars/0`: all of them, or those of these names.
///
/// # Errors
/// When the file is none of these, is broken, or lacks one.
pub fn read_weights(path: impl AsRef<Path>, names: Option<&[String]>) -> Result<Vec<NamedArray>> {
    collected(|visit| visit_weights(path, names, visit))
}

/// As [`read_weights`], one array after the other: `visit` reads it to where it wants it. Their order is the file's.
///
/// # Errors
/// As [`read_weights`], and those of `visit`.
pub fn visit_weights(path: impl AsRef<Path>, names: Option<&[String]>, visit: Visitor<'_>) -> Result<()> {
    let path = path.as_ref();
    let mut read = || match format_of(path)? {
        Format::Keras => {
            let file = weights_of(&mut Archive::open(path)?.strict(), path)?;
            file.visit(names, visit).map_err(|error| error.within(WEIGHTS))
        }
        Format::Hdf5 => Hdf5::open(path)?.visit(names, visit),
        Format::Safetensors => safe::visit(path, names, visit),
    };
    read().map_err(|error| error.within(path.display()))
}

/// Writes a `.weights.h5` file.
///
/// # Errors
/// For arrays that are not what they say, and whatever goes wrong in writing.
pub fn write_weights(path: impl AsRef<Path>, weights: Weights) -> Result<()> {
    let path = path.as_ref();
    let write = || -> Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        write_hdf5(weights, &mut file)?;
        finish(file)
    };
    write().map_err(|error| error.within(path.display()))
}

/// Writes a `.keras` file. Its members are not compressed, as Keras's are not.
///
/// # Errors
/// As [`write_weights`].
pub fn write_keras(
    path: impl AsRef<Path>,
    config: &str,
    metadata: &str,
    weights: Weights,
    assets: &[Asset],
) -> Result<()> {
    let path = path.as_ref();
    let zipped = |error: zip::result::ZipError| Error::new(error.to_string());
    let write = || -> Result<()> {
        let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
        let large = weights.arrays.iter().map(|array| array.data.len() as u64).sum::<u64>() > 1 << 31;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        for (name, text) in [(METADATA, metadata), (CONFIG, config)] {
            zip.start_file(name, options).map_err(zipped)?;
            zip.write_all(text.as_bytes())?;
        }
        for asset in assets {
            zip.start_file(format!("{ASSETS}{}", asset.name), options).map_err(zipped)?;
            zip.write_all(&asset.data)?;
        }
        zip.start_file(WEIGHTS, options).map_err(zipped)?;
        write_hdf5(weights, &mut zip)?;
        finish(zip.finish().map_err(zipped)?)
    };
    write().map_err(|error| error.within(path.display()))
}

/// Everything is on the disk when this returns, so that a rename after it never shows a part.
fn finish(file: BufWriter<File>) -> Result<()> {
    file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    Ok(())
}
