//! Dot-product attention.

#[allow(clippy::module_inception)]
mod attention;
mod attention_gradient;

use crate::Def;

/// What the files of this room are written with.
mod prelude {
    pub use crate::{
        Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype, loss::unify,
    };
    pub use kerosene_ir::{Error, Graph, Op, Result, Spec, Value, Vjp, format_shape};
    pub use kerosene_kernels::attention::Attention as Heads;
    pub use serde::{Deserialize, Serialize};
}

/// The ops of this room.
pub const OPS: &[Def] = &[Def::of::<attention::Attention>(), Def::of::<attention_gradient::AttentionGradient>()];
