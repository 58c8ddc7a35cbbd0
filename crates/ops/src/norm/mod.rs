//! Ops that normalise.

mod batch_norm;
mod channel;
mod channel_moments;
mod channel_sums;
mod log_softmax;
mod rows;
mod softmax;
mod standardize;
mod standardize_gradient;

use crate::Def;

/// What the files of this room are written with.
mod prelude {
    pub use crate::{
        Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype, loss::unify,
    };
    pub use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Traits, Value, Vjp, normalize_axis};
    pub use kerosene_kernels::{Kernel, math::Real, standardize::Standard};
    pub use serde::{Deserialize, Serialize};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<batch_norm::BatchNorm>(),
    Def::of::<channel_moments::ChannelMoments>(),
    Def::of::<channel_sums::ChannelSums>(),
    Def::of::<rows::AlongAxis<log_softmax::LogSoftmax>>(),
    Def::of::<rows::AlongAxis<softmax::Softmax>>(),
    Def::of::<standardize::Standardize>(),
    Def::of::<standardize_gradient::StandardizeGradient>(),
];
