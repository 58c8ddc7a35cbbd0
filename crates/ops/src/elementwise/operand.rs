//! Picking the Rust type of a dtype.

use kerosene_ir::{DType, Error};

/// The error of an op that has no meaning or no code for a dtype.
pub fn unsupported(who: &str, dtype: DType) -> Error {
    Error::unsupported(format!("{who} does not work on {dtype} on the CPU."))
}

/// Evaluates `$body` with `$T` bound to the Rust type of `$dtype`, among a group: `float`, `signed`, `unsigned`, `int`,
/// `number` (ints and floats), or `all` (numbers, and bool as bytes of 0 and 1).
#[macro_export]
macro_rules! for_dtype {
    (float, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body, F32 f32, F64 f64)
    };
    (signed, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body, I8 i8, I16 i16, I32 i32, I64 i64)
    };
    (unsigned, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body, U8 u8, U16 u16, U32 u32, U64 u64)
    };
    (int, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body,
            U8 u8, U16 u16, U32 u32, U64 u64, I8 i8, I16 i16, I32 i32, I64 i64)
    };
    (number, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body,
            U8 u8, U16 u16, U32 u32, U64 u64, I8 i8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64)
    };
    (all, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        $crate::for_dtype!(@ $who, $dtype, $T, $body,
            Bool u8, U8 u8, U16 u16, U32 u32, U64 u64, I8 i8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64)
    };
    (@ $who:expr, $dtype:expr, $T:ident, $body:expr, $($D:ident $R:ty),*) => {
        match $dtype {
            $(kerosene_ir::DType::$D => { type $T = $R; $body })*
            d => return Err($crate::elementwise::operand::unsupported($who, d)),
        }
    };
}

/// Evaluates `$body` with `$T` bound to an unsigned type of the dtype's size: for kernels that only move elements.
#[macro_export]
macro_rules! for_size {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype.size() {
            1 => {
                type $T = u8;
                $body
            }
            2 => {
                type $T = u16;
                $body
            }
            4 => {
                type $T = u32;
                $body
            }
            _ => {
                type $T = u64;
                $body
            }
        }
    };
}
