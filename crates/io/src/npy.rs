//! NumPy's array format, versions 1 to 3: a magic number, a header that is a Python dict, the elements.

use crate::array::{ElementType, NamedArray, byte_size, swap_bytes};
use crate::{Error, Result};

const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy's own headers have 64 to a few hundred bytes.
const MAX_HEADER: usize = 64 * 1024;

/// Reads one `.npy` that lies in memory.
///
/// # Errors
/// When `bytes` is not such a file, holds Python objects or records, or does not hold exactly what its header says.
pub fn parse_npy(name: &str, mut bytes: Vec<u8>) -> Result<NamedArray> {
    let (header, start) = split_header(&bytes)?;
    let Header { element, big_endian, fortran, shape } = parse_header(header)?;
    let expected = byte_size(&shape, element)?;
    let stored = bytes.len() - start;
    if stored != expected {
        return Err(Error::new(format!(
            "the header says {} of shape {shape:?}, which is {expected} bytes, but {stored} are stored",
            element.name()
        )));
    }
    bytes.drain(..start);
    if big_endian {
        swap_bytes(&mut bytes, element);
    }
    if fortran && shape.len() > 1 {
        bytes = c_order(&bytes, &shape, element.size())?;
    }
    Ok(NamedArray { name: name.to_owned(), element, shape, data: bytes })
}

/// The header's text and where the elements start.
fn split_header(bytes: &[u8]) -> Result<(&str, usize)> {
    let truncated = || Error::new("the file ends within its header");
    if !bytes.starts_with(MAGIC) {
        return Err(Error::new("not a NumPy array: the magic number is missing"));
    }
    let version = *bytes.get(6).ok_or_else(truncated)?;
    let (length, start) = match version {
        1 => {
            let field = bytes.get(8..10).ok_or_else(truncated)?;
            (usize::from(u16::from_le_bytes([field[0], field[1]])), 10)
        }
        2 | 3 => {
            let field = bytes.get(8..12).ok_or_else(truncated)?;
            (u32::from_le_bytes([field[0], field[1], field[2], field[3]]) as usize, 12)
        }
        _ => return Err(Error::new(format!("version {version} of NumPy's format; 1, 2 and 3 are known"))),
    };
    if length > MAX_HEADER {
        return Err(Error::new(format!("a header of {length} bytes; at most {MAX_HEADER} are read")));
    }
    let header = bytes.get(start..start + length).ok_or_else(truncated)?;
    let text = std::str::from_utf8(header).map_err(|_| Error::new("the header is not text"))?;
    Ok((text, start + length))
}

struct Header {
    element: ElementType,
    big_endian: bool,
    fortran: bool,
    shape: Vec<usize>,
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`: these keys, once each, in any order.
fn parse_header(text: &str) -> Result<Header> {
    let malformed =
        || Error::new(format!("the header is not NumPy's: {:?}", text.trim().chars().take(80).collect::<String>()));
    let mut rest = text.trim().strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or_else(malformed)?.trim();
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    while !rest.is_empty() {
        let (key, after) = quoted(rest).ok_or_else(malformed)?;
        let value = after.trim_start().strip_prefix(':').ok_or_else(malformed)?.trim_start();
        rest = match key {
            "descr" if descr.is_none() => {
                let (name, after) =
                    quoted(value).ok_or_else(|| Error::new("the array holds records; only plain numbers are read"))?;
                descr = Some(element_type(name)?);
                after
            }
            "fortran_order" if fortran.is_none() => {
                let (flag, after) = match (value.strip_prefix("True"), value.strip_prefix("False")) {
                    (Some(after), _) => (true, after),
                    (_, Some(after)) => (false, after),
                    _ => return Err(malformed()),
                };
                fortran = Some(flag);
                after
            }
            "shape" if shape.is_none() => {
                let (inner, after) = value.strip_prefix('(').and_then(|v| v.split_once(')')).ok_or_else(malformed)?;
                let dims = inner.split(',').map(str::trim).filter(|dim| !dim.is_empty());
                shape = Some(dims.map(|dim| dim.parse().map_err(|_| malformed())).collect::<Result<Vec<usize>>>()?);
                after
            }
            _ => return Err(malformed()),
        };
        rest = rest.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(malformed()),
        };
    }
    let (element, big_endian) = descr.ok_or_else(malformed)?;
    Ok(Header { element, big_endian, fortran: fortran.ok_or_else(malformed)?, shape: shape.ok_or_else(malformed)? })
}

/// The contents of a Python string without escapes, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|&c| c == '\'' || c == '"')?;
    text[1..].split_once(quote)
}

/// `<f4` → float32, little-endian.
fn element_type(descr: &str) -> Result<(ElementType, bool)> {
    let order = descr.chars().next().filter(|c| "<>|=".contains(*c));
    let kind = &descr[usize::from(order.is_some())..];
    let element = match kind {
        "b1" | "?" => ElementType::Bool,
        "i1" => ElementType::Int8,
        "i2" => ElementType::Int16,
        "i4" => ElementType::Int32,
        "i8" => ElementType::Int64,
        "u1" => ElementType::Uint8,
        "u2" => ElementType::Uint16,
        "u4" => ElementType::Uint32,
        "u8" => ElementType::Uint64,
        "f2" => ElementType::Float16,
        "f4" => ElementType::Float32,
        "f8" => ElementType::Float64,
        "O" => {
            return Err(Error::new(
                "the array holds Python objects, which only running their code could read: refused",
            ));
        }
        _ => return Err(Error::new(format!("arrays of {descr:?} are not read; numbers and booleans are"))),
    };
    Ok((element, order == Some('>')))
}

/// The elements of a column-major array in row-major order.
fn c_order(data: &[u8], shape: &[usize], size: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    out.try_reserve_exact(data.len()).map_err(|_| Error::new(format!("no memory for {} bytes", data.len())))?;
    let mut index = vec![0usize; shape.len()];
    while out.len() < data.len() {
        let position = index.iter().zip(shape).rev().fold(0, |at, (&i, &dim)| at * dim + i);
        out.extend_from_slice(&data[position * size..(position + 1) * size]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    Ok(out)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A version 1 file with this header text.
    pub fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn reads_what_numpy_writes() {
        let bytes =
            npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }          \n", &[1, 0, 2, 0, 3, 0, 4, 0]);
        let array = parse_npy("x", bytes).unwrap();
        assert_eq!((array.element, array.shape.as_slice()), (ElementType::Int16, [2, 2].as_slice()));
        assert_eq!(array.data, [1, 0, 2, 0, 3, 0, 4, 0]);
        let scalar = parse_npy("", npy("{'descr': '|b1', 'fortran_order': False, 'shape': (), }\n", &[1])).unwrap();
        assert_eq!((scalar.element, scalar.shape.len()), (ElementType::Bool, 0));
        let empty = parse_npy("", npy("{'descr': '<f8', 'fortran_order': True, 'shape': (0, 4), }\n", &[])).unwrap();
        assert_eq!(empty.shape, [0, 4]);
    }

    #[test]
    fn turns_order_and_endianness() {
        let bytes =
            npy("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3), }\n", &[0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6]);
        assert_eq!(parse_npy("", bytes).unwrap().data, [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]);
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        for header in [
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<U8', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551615, 4), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,), }",
            "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': 'é', 'fortran_order': False, 'shape': (1,), }",
            "{'descr",
            "",
            "{",
        ] {
            assert!(parse_npy("", npy(header, &[0; 4])).is_err(), "{header}");
        }
    }

    #[test]
    fn truncations_and_bit_flips_never_panic() {
        let good = npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", &[7; 16]);
        for length in 0..good.len() {
            assert!(parse_npy("", good[..length].to_vec()).is_err());
        }
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let _ = parse_npy("", bad);
        }
    }
}
