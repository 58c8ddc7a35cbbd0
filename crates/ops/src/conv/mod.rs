//! Convolutions: three directions of one description, each the derivative of the others.

#[allow(clippy::module_inception)]
mod conv;
mod conv_kernel_gradient;
mod conv_transpose;
mod geometry;
pub(crate) mod on_candle;

use crate::Def;

/// What the files of this room are written with.
mod prelude {
    pub use super::geometry::{Attrs, Geometry, Padding, Pads, flops};
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub(crate) use crate::{conv::on_candle, lower::Candle};
    pub use candle_core::Tensor;
    pub use kerosene_ir::{DType, Dim, Error, Op, Result, Shape, Spec, Traits, Value, Vjp};
    pub use kerosene_kernels::conv::{conv, conv_kernel_gradient, conv_transpose};
    pub use serde::{Deserialize, Serialize};

    pub const STRIDES: Param = param("strides", "number[]", "", "Steps between windows along each axis.");
    pub const DILATION: Param =
        param("dilation", "number[]", "", "Steps between elements of a window along each axis.");
    pub const PADS: Param = param(
        "padding",
        "[number, number][]",
        "",
        "Zeros of the convolution's input before and after each axis; negative: elements left out.",
    );
    pub const GROUPS: Param = param("groups", "number", "1", "Parts of the channels that only meet each other.");

    pub fn one() -> usize {
        1
    }
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<conv::Conv>(),
    Def::of::<conv_kernel_gradient::ConvKernelGradient>(),
    Def::of::<conv_transpose::ConvTranspose>(),
];
