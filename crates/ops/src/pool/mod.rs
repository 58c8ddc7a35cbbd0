//! Windows made one element: the largest or the average.

mod average_pool;
mod average_pool_gradient;
mod max_pool;
mod max_pool_gradient;
mod max_pool_pick;
mod on_candle;
mod window;

use crate::Def;
pub use max_pool_gradient::spread;

/// What the files of this room are written with.
mod prelude {
    pub use super::on_candle::Places;
    pub use super::window::{Pooling, Rule, samples, ties};
    pub use crate::lower::Candle;
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub use candle_core::Tensor;
    pub use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Traits, Value, Vjp};
    pub use kerosene_kernels::pooling;
    pub use serde::{Deserialize, Serialize};

    pub const POOL_SIZE: Param =
        param("pool_size", "number[]", "", "Lengths of the windows; with `adaptive` padding, how many there are.");
    pub const STRIDES: Param =
        param("strides", "number[]", "", "Steps between windows; with `adaptive` padding unused.");
    pub const PADDING: Param = param(
        "padding",
        "string",
        "",
        "`valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.",
    );
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<average_pool::AveragePool>(),
    Def::of::<average_pool_gradient::AveragePoolGradient>(),
    Def::of::<max_pool::MaxPool>(),
    Def::of::<max_pool_gradient::MaxPoolGradient>(),
    Def::of::<max_pool_pick::MaxPoolPick>(),
];
