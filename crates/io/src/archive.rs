//! Zip archives, the outside of npz and Keras files.

use std::fs::File;
use std::io::{BufReader, Read, Seek, sink};
use std::path::{Component, Path};

use zip::{CompressionMethod, ZipArchive};

use crate::{Error, Result};

/// More members than any such file has.
const MAX_MEMBERS: usize = 100_000;
/// A member up to this size may be compressed as well as it likes. A larger one may not unpack to more than so many times its stored size.
#[derive(Debug, Clone, Copy)]
struct Limits {
    free_size: u64,
    ratio: u64,
}

/// Data sets may be pictures that are mostly black.
const DATA: Limits = Limits { free_size: 64 << 20, ratio: 200 };
/// Weights are noise, which nothing makes much smaller.
const MODELS: Limits = Limits { free_size: 16 << 20, ratio: 2 };

/// Longer than any name of such a file.
const MAX_NAME: usize = 4096;

/// Where an archive keeps a member that is not compressed.
#[derive(Debug, Clone, Copy)]
pub struct Stored {
    /// The first byte.
    pub start: u64,
    /// How many there are.
    pub size: u64,
}

/// A zip archive whose members are checked before memory is taken for them.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    limits: Limits,
}

impl Archive<BufReader<File>> {
    /// Opens the archive at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(BufReader::new(File::open(path)?))
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the archive's table of contents.
    pub fn new(reader: R) -> Result<Self> {
        let zip =
            ZipArchive::new(reader).map_err(|error| Error::new(format!("not a readable zip archive: {error}")))?;
        if zip.len() > MAX_MEMBERS {
            return Err(Error::new(format!("{} members; at most {MAX_MEMBERS} are read", zip.len())));
        }
        if zip.has_duplicate_names() {
            return Err(Error::new("two members have the same name: which one is meant cannot be known"));
        }
        let mut archive = Self { zip, limits: DATA };
        for name in archive.names()? {
            archive.check_name(&name)?;
        }
        Ok(archive)
    }

    /// With the limits of a model's file.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { limits: MODELS, ..self }
    }

    /// Nothing is ever unpacked to a path; a member that hopes for it was not written by Keras.
    fn check_name(&mut self, name: &str) -> Result<()> {
        let shown: String = name.chars().take(100).collect();
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if name.len() > MAX_NAME || name.contains(['\\', '\0']) || !inside {
            return Err(Error::new(format!("a member is called {shown:?}, which leads outside or is too long")));
        }
        let index = self.zip.index_for_name(name);
        let member = index.map(|index| self.zip.by_index_raw(index)).transpose().map_err(refuse)?;
        if member.is_some_and(|member| member.is_symlink() || member.encrypted()) {
            return Err(Error::new(format!("the member {shown:?} is a link or encrypted")));
        }
        Ok(())
    }

    /// Whether there is a member of this name.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Where the member lies, if it is stored as it is. Its checksum is verified on the way.
    ///
    /// # Errors
    /// When there is none, or it does not hold what it declares.
    pub fn stored(&mut self, name: &str) -> Result<Option<Stored>> {
        let mut locate = || -> Result<Option<Stored>> {
            let mut member = self.zip.by_name(name).map_err(refuse)?;
            let size = member.size();
            if member.compression() != CompressionMethod::Stored || member.compressed_size() != size {
                return Ok(None);
            }
            let came = std::io::copy(&mut member, &mut sink())?;
            if came != size {
                return Err(Error::new(format!("{size} bytes are declared, {came} come")));
            }
            Ok(member.data_start().map(|start| Stored { start, size }))
        };
        locate().map_err(|error| error.within(name))
    }

    /// The members' names, in the archive's order.
    pub fn names(&self) -> Result<Vec<String>> {
        let name = |name: zip::result::ZipResult<std::borrow::Cow<'_, str>>| match name {
            Ok(name) => Ok(name.into_owned()),
            Err(error) => Err(Error::new(format!("a member's name is unreadable: {error}"))),
        };
        self.zip.file_names().map(name).collect()
    }

    /// The contents of the member called `name`.
    ///
    /// # Errors
    /// When there is none, its size or ratio is out of bounds, or it does not hold what it declares (checksum included).
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>> {
        self.read_member(name).map_err(|error| error.within(name))
    }

    fn read_member(&mut self, name: &str) -> Result<Vec<u8>> {
        let Limits { free_size, ratio } = self.limits;
        let mut member = self.zip.by_name(name).map_err(refuse)?;
        let (size, stored) = (member.size(), member.compressed_size());
        if size > free_size && size / ratio > stored {
            return Err(Error::new(format!("{stored} bytes claim to unpack to {size}: refused as a zip bomb")));
        }
        // Grows as bytes really come; the declared size is only the limit.
        let mut data = Vec::new();
        let limit = size.checked_add(1).ok_or_else(|| Error::new(format!("a size of {size} bytes")))?;
        (&mut member).take(limit).read_to_end(&mut data)?;
        if data.len() as u64 != size {
            return Err(Error::new(format!("{size} bytes are declared, {} come", data.len())));
        }
        Ok(data)
    }
}

fn refuse(error: zip::result::ZipError) -> Error {
    Error::new(error.to_string())
}
