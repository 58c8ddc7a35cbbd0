//! Ops about places: elements by their index, and indices as elements.

mod gather;
mod iota;
mod one_hot;
mod scatter_add;

use crate::{Def, composite::Composite};
use kerosene_ir::{DType, Error, Result, Spec};

/// What the files of this room are written with.
mod prelude {
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub use kerosene_ir::{DType, Dim, Error, Graph, Op, Result, Shape, Spec, Traits, Value, Vjp, normalize_axis};
    pub use kerosene_kernels::{Kernel, ahead, prefetch, share_parts, simd};
    pub use serde::{Deserialize, Serialize};
    pub use {crate::lower::Candle, crate::tensors, candle_core::Tensor};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<gather::Gather>(),
    Def::of::<iota::Iota>(),
    Def::of::<Composite<one_hot::OneHot>>(),
    Def::of::<scatter_add::ScatterAdd>(),
];

/// An error unless the indices are integers.
pub(crate) fn check_indices(who: &str, indices: &Spec) -> Result<()> {
    if indices.dtype.is_int() {
        return Ok(());
    }
    Err(Error::dtype(format!("{who}: indices must be integers, but are {indices}.")))
}

/// Element `i` of a buffer of any integer type.
///
/// # Safety
/// The buffer holds more than `i` elements of `dtype`, an integer type.
pub(crate) unsafe fn read_index(indices: *const u8, dtype: DType, i: usize) -> i128 {
    macro_rules! read {
        ($T:ty) => {
            // SAFETY: the caller vouches for type and length.
            i128::from(unsafe { indices.cast::<$T>().add(i).read_unaligned() })
        };
    }
    match dtype {
        DType::I8 => read!(i8),
        DType::I16 => read!(i16),
        DType::I32 => read!(i32),
        DType::I64 => read!(i64),
        DType::U16 => read!(u16),
        DType::U32 => read!(u32),
        DType::U64 => read!(u64),
        _ => read!(u8),
    }
}

/// Index `i` of a buffer as a place among `n`; negative ones count from the end, `None` is outside.
///
/// # Safety
/// As [`read_index`].
pub(crate) unsafe fn place(indices: *const u8, dtype: DType, i: usize, n: usize) -> Option<usize> {
    // SAFETY: the caller vouches for it.
    let at = unsafe { read_index(indices, dtype, i) };
    usize::try_from(if at < 0 { at + n as i128 } else { at }).ok().filter(|&at| at < n)
}
