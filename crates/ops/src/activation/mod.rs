//! Activations that are made of other ops. (`relu`, `sigmoid`, `tanh`, `softplus` are elementwise primitives.)

mod elu;
mod gelu;
mod hard_sigmoid;
mod hard_silu;
mod leaky_relu;
mod log_sigmoid;
mod mish;
mod relu6;
mod selu;
mod silu;
mod softsign;

use crate::{Def, composite::Composite};

/// What the files of this room are written with.
mod prelude {
    pub use crate::{GraphOps, Param, Sample, composite::Compose, def::param};
    pub use kerosene_ir::{Graph, Result, Value};
    pub use serde::{Deserialize, Serialize};
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<Composite<elu::Elu>>(),
    Def::of::<Composite<gelu::Gelu>>(),
    Def::of::<Composite<hard_sigmoid::HardSigmoid>>(),
    Def::of::<Composite<hard_silu::HardSilu>>(),
    Def::of::<Composite<leaky_relu::LeakyRelu>>(),
    Def::of::<Composite<log_sigmoid::LogSigmoid>>(),
    Def::of::<Composite<mish::Mish>>(),
    Def::of::<Composite<relu6::Relu6>>(),
    Def::of::<Composite<selu::Selu>>(),
    Def::of::<Composite<silu::Silu>>(),
    Def::of::<Composite<softsign::Softsign>>(),
];
