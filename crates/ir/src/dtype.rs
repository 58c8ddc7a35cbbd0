//! Element types, named as Keras names them, and the rule by which two of them meet.

use crate::{Error, Result};
use std::{fmt, str::FromStr};

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum DType {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    BF16,
    F32,
    F64,
}

use DType::*;

impl DType {
    /// Every dtype, in the order of this enum.
    pub const ALL: [DType; 13] = [Bool, U8, U16, U32, U64, I8, I16, I32, I64, F16, BF16, F32, F64];

    /// Keras's name.
    pub fn name(self) -> &'static str {
        match self {
            Bool => "bool",
            U8 => "uint8",
            U16 => "uint16",
            U32 => "uint32",
            U64 => "uint64",
            I8 => "int8",
            I16 => "int16",
            I32 => "int32",
            I64 => "int64",
            F16 => "float16",
            BF16 => "bfloat16",
            F32 => "float32",
            F64 => "float64",
        }
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Bool | U8 | I8 => 1,
            U16 | I16 | F16 | BF16 => 2,
            U32 | I32 | F32 => 4,
            U64 | I64 | F64 => 8,
        }
    }

    /// Whether this is one of the floating types.
    pub fn is_float(self) -> bool {
        matches!(self, F16 | BF16 | F32 | F64)
    }

    /// Whether this is one of the floats of 16 bits, which are computed with as float32.
    pub fn is_half(self) -> bool {
        matches!(self, F16 | BF16)
    }

    /// Whether this is a signed or unsigned integer (not bool).
    pub fn is_int(self) -> bool {
        !self.is_float() && self != Bool
    }

    /// Whether values can be below zero.
    pub fn is_signed(self) -> bool {
        matches!(self, I8 | I16 | I32 | I64) || self.is_float()
    }

    /// The floating type an integer becomes where a real result is needed (`divide`, `exp`, `mean`): float32, floats stay.
    pub fn to_float(self) -> DType {
        if self.is_float() { self } else { F32 }
    }
}

/// The dtype of a result of two operands, as Keras promotes (its JAX-like lattice with 64-bit integers kept):
/// bool < unsigned < signed < float; unsigned with signed goes to the next wider signed type; float16 with bfloat16 to float32;
/// an integer with a float gives the float.
pub fn promote(a: DType, b: DType) -> DType {
    if a == b {
        return a;
    }
    let (lo, hi) = if rank(a) <= rank(b) { (a, b) } else { (b, a) };
    match (rank(lo), rank(hi)) {
        (0, _) => hi,
        (3, 3) => {
            if lo.size() == hi.size() {
                F32
            } else if lo.size() > hi.size() {
                lo
            } else {
                hi
            }
        }
        (x, y) if x == y => {
            if lo.size() > hi.size() {
                lo
            } else {
                hi
            }
        }
        (1, 2) => {
            if hi.size() > lo.size() {
                hi
            } else {
                match lo.size() {
                    1 => I16,
                    2 => I32,
                    4 => I64,
                    // Keras: uint64 with a signed integer has no integer home.
                    _ => F32,
                }
            }
        }
        _ => hi,
    }
}

fn rank(d: DType) -> u8 {
    match d {
        Bool => 0,
        U8 | U16 | U32 | U64 => 1,
        I8 | I16 | I32 | I64 => 2,
        _ => 3,
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DType {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self> {
        DType::ALL.into_iter().find(|d| d.name() == s).ok_or_else(|| {
            let known: Vec<_> = DType::ALL.iter().map(|d| d.name()).collect();
            Error::dtype(format!("Unknown dtype '{s}'. Known dtypes: {}.", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_is_symmetric_and_as_keras() {
        for (a, b, want) in [
            (Bool, U8, U8),
            (U8, I8, I16),
            (U8, I32, I32),
            (U32, I32, I64),
            (I64, F32, F32),
            (I32, I64, I64),
            (F16, BF16, F32),
            (F16, F32, F32),
            (F32, F64, F64),
            (U64, I8, F32),
            (Bool, Bool, Bool),
        ] {
            assert_eq!(promote(a, b), want, "{a} {b}");
            assert_eq!(promote(b, a), want, "{b} {a}");
        }
    }

    #[test]
    fn names_round_trip() {
        for d in DType::ALL {
            assert_eq!(d.name().parse::<DType>().unwrap(), d);
        }
        assert!("float".parse::<DType>().is_err());
    }
}
