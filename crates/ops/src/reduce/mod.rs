//! Ops that fold axes away.

mod all;
mod any;
mod argmax;
mod argmin;
mod extreme;
mod fold;
mod logsumexp;
mod max;
mod mean;
mod min;
mod place;
mod prod;
mod std;
mod sum;
mod var;

use crate::{Def, composite::Composite};
pub use fold::{Fold, Reduction};
pub use sum::{sum, sum_to};

/// What the files of this room are written with.
mod prelude {
    pub(crate) use super::fold::reduce_with;
    pub use super::fold::{AXIS, Axes, Fold, KEEPDIMS};
    pub use crate::{GraphOps, Param, Promote, Sample, composite::Compose, for_dtype};
    pub use kerosene_ir::{DType, Error, Graph, Result, Value, Vjp};
    pub use kerosene_kernels::{Folding, Kernel};
    pub use serde::{Deserialize, Serialize};
    pub use {crate::lower::Candle, crate::tensors, candle_core::Tensor};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<Reduction<all::All>>(),
    Def::of::<Reduction<any::Any>>(),
    Def::of::<place::Place<argmax::Argmax>>(),
    Def::of::<place::Place<argmin::Argmin>>(),
    Def::of::<Composite<logsumexp::Logsumexp>>(),
    Def::of::<Reduction<max::Max>>(),
    Def::of::<Reduction<mean::Mean>>(),
    Def::of::<Reduction<min::Min>>(),
    Def::of::<Reduction<prod::Prod>>(),
    Def::of::<Composite<std::Std>>(),
    Def::of::<Reduction<sum::Sum>>(),
    Def::of::<Composite<var::Var>>(),
];
