//! Cross-entropies of logits: each is one kernel, and so is its derivative.

mod labels;
mod sigmoid_cross_entropy;
mod softmax_cross_entropy;
mod softmax_cross_entropy_gradient;
mod sparse_softmax_cross_entropy;
mod sparse_softmax_cross_entropy_gradient;

pub use labels::unify;

use crate::{Def, elementwise::Elementwise};

/// What the files of this room are written with.
mod prelude {
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Value, Vjp};
    pub use kerosene_kernels::{
        Kernel,
        math::Real,
        softmax::{exponential_sum, exponentials, for_rows},
    };
    pub use serde::{Deserialize, Serialize};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<Elementwise<sigmoid_cross_entropy::SigmoidCrossEntropy>>(),
    Def::of::<softmax_cross_entropy::SoftmaxCrossEntropy>(),
    Def::of::<softmax_cross_entropy_gradient::SoftmaxCrossEntropyGradient>(),
    Def::of::<sparse_softmax_cross_entropy::SparseSoftmaxCrossEntropy>(),
    Def::of::<sparse_softmax_cross_entropy_gradient::SparseSoftmaxCrossEntropyGradient>(),
];
