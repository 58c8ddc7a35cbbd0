//! IDX, the format of MNIST's own files: two zeros, the type, the rank, the sizes, the elements; everything big-endian.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::array::{ElementType, NamedArray, allocate, byte_size, swap_bytes};
use crate::{Error, Result};

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Deflate cannot do better than this, so what claims more is lying.
const MAX_DEFLATE_RATIO: u64 = 1032;

/// Reads an IDX file, plain or gzipped. The array has no name.
///
/// # Errors
/// When the file is not IDX or does not hold exactly what its header says.
pub fn read_idx(path: impl AsRef<Path>) -> Result<NamedArray> {
    let path = path.as_ref();
    let open = || -> Result<NamedArray> {
        let mut file = BufReader::new(File::open(path)?);
        let stored = file.get_ref().metadata()?.len();
        let mut start = [0; 2];
        file.read_exact(&mut start).map_err(|_| Error::new("not an IDX file: it ends within its header"))?;
        let whole = start.as_slice().chain(file);
        if start == GZIP {
            parse(MultiGzDecoder::new(whole), stored.saturating_mul(MAX_DEFLATE_RATIO))
        } else {
            parse(whole, stored)
        }
    };
    open().map_err(|error| error.within(path.display()))
}

/// Reads IDX from a stream that cannot hold more than `most` bytes.
fn parse(mut input: impl Read, most: u64) -> Result<NamedArray> {
    let truncated = |_| Error::new("not an IDX file: it ends within its header");
    let mut magic = [0; 4];
    input.read_exact(&mut magic).map_err(truncated)?;
    let [0, 0, code, rank] = magic else {
        return Err(Error::new(format!("not an IDX file: it starts with {magic:02x?}, expected 00 00")));
    };
    let element = match code {
        0x08 => ElementType::Uint8,
        0x09 => ElementType::Int8,
        0x0b => ElementType::Int16,
        0x0c => ElementType::Int32,
        0x0d => ElementType::Float32,
        0x0e => ElementType::Float64,
        _ => return Err(Error::new(format!("not an IDX file: 0x{code:02x} names no type"))),
    };
    let mut shape = Vec::with_capacity(usize::from(rank));
    for _ in 0..rank {
        let mut size = [0; 4];
        input.read_exact(&mut size).map_err(truncated)?;
        shape.push(u32::from_be_bytes(size) as usize);
    }
    let expected = byte_size(&shape, element)?;
    if expected as u64 > most {
        return Err(Error::new(format!(
            "the header says {} of shape {shape:?}, which is {expected} bytes: more than the file holds",
            element.name()
        )));
    }
    let mut data = allocate(expected)?;
    input.read_exact(&mut data).map_err(|error| {
        Error::new(format!(
            "the header says shape {shape:?}, {expected} bytes, but the file ends or breaks earlier ({error})"
        ))
    })?;
    if input.read(&mut [0; 1])? != 0 {
        return Err(Error::new(format!("the header says shape {shape:?}, {expected} bytes, but more are stored")));
    }
    swap_bytes(&mut data, element);
    Ok(NamedArray { name: String::new(), element, shape, data })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn idx(code: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, code, sizes.len() as u8];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<NamedArray> {
        parse(bytes, bytes.len() as u64)
    }

    #[test]
    fn reads_each_type() {
        let array = read(&idx(0x08, &[2, 3], &[1, 2, 3, 4, 5, 6])).unwrap();
        assert_eq!((array.element, array.shape, array.data), (ElementType::Uint8, vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
        let array = read(&idx(0x0d, &[1], &1.5f32.to_be_bytes())).unwrap();
        assert_eq!(array.data, 1.5f32.to_le_bytes());
        let array = read(&idx(0x0b, &[2], &[0, 1, 0, 2])).unwrap();
        assert_eq!(array.data, [1, 0, 2, 0]);
    }

    #[test]
    fn reads_files_plain_and_gzipped() {
        let folder = std::env::temp_dir().join(format!("kerosene-idx-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = idx(0x08, &[4], &[9, 8, 7, 6]);
        std::fs::write(folder.join("plain"), &bytes).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&bytes).unwrap();
        let packed = encoder.finish().unwrap();
        std::fs::write(folder.join("packed"), &packed).unwrap();
        assert_eq!(read_idx(folder.join("plain")).unwrap().data, [9, 8, 7, 6]);
        assert_eq!(read_idx(folder.join("packed")).unwrap().data, [9, 8, 7, 6]);
        for length in 0..packed.len() {
            std::fs::write(folder.join("cut"), &packed[..length]).unwrap();
            assert!(read_idx(folder.join("cut")).is_err(), "{length}");
        }
        let missing = read_idx(folder.join("missing")).unwrap_err().to_string();
        assert!(missing.contains("missing"), "{missing}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn absurd_shapes_take_no_memory() {
        assert!(read(&idx(0x08, &[u32::MAX, u32::MAX], &[])).is_err());
        assert!(read(&idx(0x0e, &[u32::MAX; 200], &[])).is_err());
        assert!(read(&idx(0x08, &[1_000_000], &[0; 10])).is_err());
        assert!(read(&idx(0x08, &[2], &[0; 3])).is_err());
    }

    #[test]
    fn truncations_and_bit_flips_never_panic() {
        let good = idx(0x0c, &[2, 2], &[3; 16]);
        for length in 0..good.len() {
            assert!(read(&good[..length]).is_err());
        }
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let _ = read(&bad);
        }
    }
}
