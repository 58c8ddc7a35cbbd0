//! Ops about the order of elements, and what is summed up in their order.

mod argsort;
mod cumulative;
mod put_along_axis;
mod searchsorted;
mod segment_reduce;
mod take_along_axis;

use crate::Def;
use kerosene_ir::{Result, Spec, normalize_axis};

/// What the files of this room are written with.
mod prelude {
    pub use super::{Along, order};
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Value, Vjp, normalize_axis};
    pub use kerosene_kernels::Kernel;
    pub use serde::{Deserialize, Serialize};
    pub use std::cmp::Ordering;
    pub use {crate::lower::Candle, crate::tensors, candle_core::Tensor};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<argsort::Argsort>(),
    Def::of::<cumulative::Cumulative<cumulative::Product>>(),
    Def::of::<cumulative::Cumulative<cumulative::Sum>>(),
    Def::of::<put_along_axis::PutAlongAxis>(),
    Def::of::<searchsorted::SearchSorted>(),
    Def::of::<segment_reduce::SegmentReduce>(),
    Def::of::<take_along_axis::TakeAlongAxis>(),
];

/// The order of numbers in which NaN comes last, as numpy sorts.
#[allow(clippy::eq_op, reason = "only NaN differs from itself")]
pub fn order<T: PartialOrd>(a: &T, b: &T) -> std::cmp::Ordering {
    a.partial_cmp(b).unwrap_or_else(|| (a != a).cmp(&(b != b)))
}

/// An axis of a tensor with what lies around it.
#[derive(Clone, Copy)]
pub struct Along {
    outer: usize,
    n: usize,
    inner: usize,
}

impl Along {
    fn new(who: &str, x: &Spec, axis: i64) -> Result<Self> {
        let dims = x.dims(who)?;
        let axis = normalize_axis(who, axis, dims.len())?;
        Ok(Self { outer: dims[..axis].iter().product(), n: dims[axis], inner: dims[axis + 1..].iter().product() })
    }

    fn len(&self) -> usize {
        self.outer * self.n * self.inner
    }

    /// The first element of each row.
    fn starts(self) -> impl Iterator<Item = usize> {
        (0..self.outer * self.inner).map(move |r| r / self.inner * self.n * self.inner + r % self.inner)
    }
}
