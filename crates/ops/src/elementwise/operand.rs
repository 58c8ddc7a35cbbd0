//! Picking the Rust type of a dtype.

use kerosene_ir::{DType, Error};

/// The error of an op that has no meaning or no code for a dtype.
pub fn unsupported(who: &str, dtype: DType) -> Error {
    Error::unsupported(format!("{who} does not work on {dtype} on the CPU."))
}

/// Evaluates `$body` with `$T` bound to the Rust type of `$dtype`, among the listed groups (`float`, `int`, `bool`).
#[macro_export]
macro_rules! for_dtype {
    (float, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            kerosene_ir::DType::F32 => { type $T = f32; $body }
            kerosene_ir::DType::F64 => { type $T = f64; $body }
            d => return Err($crate::elementwise::operand::unsupported($who, d)),
        }
    };
    (int, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            kerosene_ir::DType::U8 => { type $T = u8; $body }
            kerosene_ir::DType::U16 => { type $T = u16; $body }
            kerosene_ir::DType::U32 => { type $T = u32; $body }
            kerosene_ir::DType::U64 => { type $T = u64; $body }
            kerosene_ir::DType::I8 => { type $T = i8; $body }
            kerosene_ir::DType::I16 => { type $T = i16; $body }
            kerosene_ir::DType::I32 => { type $T = i32; $body }
            kerosene_ir::DType::I64 => { type $T = i64; $body }
            d => return Err($crate::elementwise::operand::unsupported($who, d)),
        }
    };
    (number, $who:expr, $dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            kerosene_ir::DType::F32 => { type $T = f32; $body }
            kerosene_ir::DType::F64 => { type $T = f64; $body }
            d => $crate::for_dtype!(int, $who, d, $T => $body),
        }
    };
}
