//! Ops that move elements and compute nothing.

mod bitcast;
mod broadcast_to;
mod concatenate;
mod copy;
mod expand_dims;
mod flip;
mod pad;
mod reshape;
mod slice;
mod squeeze;
mod stack;
mod transpose;

use crate::{Def, composite::Composite, elementwise::Elementwise};
pub use broadcast_to::{broadcast_to, full, repeated_from};
pub use pad::joined;
pub use reshape::reshape;
pub use transpose::{transpose, turned_from};

/// What the files of this room are written with.
mod prelude {
    pub use super::copy::Move;
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param};
    pub use kerosene_ir::{
        DType, Dim, Error, Graph, Op, Result, Shape, Spec, Traits, Value, Vjp, format_shape, normalize_axes,
        normalize_axis,
    };
    pub use serde::{Deserialize, Serialize};
    pub use std::sync::Arc;
    pub use {crate::lower::Candle, crate::tensors, candle_core::Tensor};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<bitcast::Bitcast>(),
    Def::of::<Elementwise<broadcast_to::BroadcastTo>>(),
    Def::of::<concatenate::Concatenate>(),
    Def::of::<Composite<expand_dims::ExpandDims>>(),
    Def::of::<flip::Flip>(),
    Def::of::<pad::Pad>(),
    Def::of::<reshape::Reshape>(),
    Def::of::<slice::Slice>(),
    Def::of::<Composite<squeeze::Squeeze>>(),
    Def::of::<Composite<stack::Stack>>(),
    Def::of::<transpose::Transpose>(),
];
