//! NumPy's npz: a zip of npy files.

use std::path::Path;

use crate::archive::Archive;
use crate::array::NamedArray;
use crate::npy::parse_npy;
use crate::{Error, Result};

/// Reads every array of an npz, in the archive's order, named as NumPy names them (without `.npy`).
///
/// # Errors
/// When the file is not an npz, a member is no array, or sizes do not agree.
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<NamedArray>> {
    let path = path.as_ref();
    let read = || -> Result<Vec<NamedArray>> {
        let mut archive = Archive::open(path)?;
        let mut arrays = Vec::new();
        for member in archive.names()? {
            let name = member.strip_suffix(".npy").ok_or_else(|| {
                Error::new(format!("not an npz: it has a member {member:?}, expected only .npy files"))
            })?;
            let bytes = archive.read(&member)?;
            arrays.push(parse_npy(name, bytes).map_err(|error| error.within(name))?);
        }
        Ok(arrays)
    };
    read().map_err(|error| error.within(path.display()))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;
    use crate::npy::tests::npy;

    fn archive(members: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("kerosene-{name}-{}.npz", std::process::id())))
        }

        fn read(&self, bytes: &[u8]) -> Result<Vec<NamedArray>> {
            std::fs::write(&self.0, bytes).unwrap();
            read_npz(&self.0)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn two_arrays(method: CompressionMethod) -> Vec<u8> {
        let x = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", &[0, 0, 128, 63, 0, 0, 0, 64]);
        let y = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 1), }\n", &[1, 2, 3]);
        archive(&[("x.npy", x), ("y.npy", y)], method)
    }

    #[test]
    fn reads_stored_and_deflated() {
        let scratch = Scratch::new("both");
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let arrays = scratch.read(&two_arrays(method)).unwrap();
            assert_eq!(arrays.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["x", "y"]);
            assert_eq!(arrays[0].data, [0, 0, 128, 63, 0, 0, 0, 64]);
            assert_eq!(arrays[1].shape, [3, 1]);
        }
    }

    #[test]
    fn refuses_other_files_and_bombs() {
        let scratch = Scratch::new("bombs");
        assert!(scratch.read(b"not a zip").is_err());
        assert!(scratch.read(&archive(&[("a.txt", b"hello".to_vec())], CompressionMethod::Stored)).is_err());
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (100000000,), }\n";
        let bomb = archive(&[("x.npy", npy(header, &vec![0; 100_000_000]))], CompressionMethod::Deflated);
        assert!(bomb.len() < 200_000);
        let message = scratch.read(&bomb).unwrap_err().to_string();
        assert!(message.contains("zip bomb"), "{message}");
    }

    #[test]
    fn truncations_and_bit_flips_are_errors_never_panics() {
        let scratch = Scratch::new("flips");
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let good = two_arrays(method);
            for length in 0..good.len() {
                assert!(scratch.read(&good[..length]).is_err(), "{length}");
            }
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                let _ = scratch.read(&bad);
            }
        }
    }
}
