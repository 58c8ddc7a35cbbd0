//! Random numbers: pure functions of a seed (uint32[2]) and the place in the result, by a counter-based generator.

mod distribution;
mod dropout;
mod elements;
mod random_bernoulli;
mod random_binomial;
mod random_gamma;
mod random_int;
mod random_normal;
mod random_uniform;
mod truncated_normal;

use crate::Def;
use distribution::Random;
use elements::Each;

/// What the files of this room are written with.
mod prelude {
    pub use super::distribution::{DTYPE, Distribution, SHAPE, float32, generator};
    pub use crate::{Param, def::param, for_dtype};
    pub use kerosene_ir::{DType, Error, Result};
    pub use kerosene_kernels::{Kernel, math::Real, philox};
    pub use serde::{Deserialize, Serialize};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<dropout::Dropout>(),
    Def::of::<Random<random_bernoulli::RandomBernoulli>>(),
    Def::of::<Each<random_binomial::RandomBinomial>>(),
    Def::of::<Each<random_gamma::RandomGamma>>(),
    Def::of::<Random<random_int::RandomInt>>(),
    Def::of::<Random<random_normal::RandomNormal>>(),
    Def::of::<Random<random_uniform::RandomUniform>>(),
    Def::of::<Random<truncated_normal::TruncatedNormal>>(),
];
