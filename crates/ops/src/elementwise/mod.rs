//! Ops whose every output element depends only on the input elements at its place.

mod abs;
mod acos;
mod acosh;
mod adaptive_step;
mod add;
mod arctan2;
mod asin;
mod asinh;
mod atan;
mod atanh;
mod cast;
mod cbrt;
mod ceil;
mod clip;
mod cos;
mod cosh;
mod deg2rad;
mod divide;
mod divide_no_nan;
mod equal;
mod erf;
mod erfc;
mod erfinv;
mod exp;
mod exp2;
mod expm1;
mod fabs;
mod floor;
mod floor_divide;
mod fmax;
mod fmin;
mod fmod;
pub mod formula;
mod greater;
mod greater_equal;
mod heaviside;
mod hypot;
mod i0;
mod i1;
mod isclose;
mod isfinite;
mod isinf;
mod isnan;
mod isneginf;
mod isposinf;
mod ldexp;
mod less;
mod less_equal;
mod log;
mod log10;
mod log1p;
mod log2;
mod log_sum;
mod logaddexp;
mod logaddexp2;
mod logical_and;
mod logical_not;
mod logical_or;
mod logical_xor;
mod maximum;
mod minimum;
mod modulo;
mod moving_average;
mod moving_square;
mod multiply;
mod nan_to_num;
mod negative;
mod nextafter;
mod not_equal;
pub mod operand;
mod power;
mod rad2deg;
mod reciprocal;
mod relu;
mod round;
mod rsqrt;
pub mod rule;
mod sigmoid;
mod sign;
mod signbit;
mod sin;
mod sinc;
mod sinh;
mod softplus;
mod sqrt;
mod square;
mod subtract;
mod tan;
mod tanh;
mod tie;
mod trunc;
mod r#where;

use crate::{Def, composite::Composite};
pub use cast::cast;
pub use formula::{Elementwise, Formula};

/// What the files of this room are written with.
pub(crate) mod prelude {
    pub use super::{formula::Formula, rule};
    pub use crate::{GraphOps, Param, Promote, Sample, for_dtype};
    pub use kerosene_ir::{DType, Result, Spec, Value, Vjp};
    pub use kerosene_kernels::{
        Lane, binary,
        math::{Real, Special},
        ternary, unary,
    };
    pub use serde::{Deserialize, Serialize};
    pub use {crate::lower::Candle, crate::tensors, candle_core::Tensor};
}

const fn def<F: Formula>() -> Def {
    Def::of::<Elementwise<F>>()
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    def::<abs::Abs>(),
    def::<acos::Acos>(),
    def::<acosh::Acosh>(),
    def::<adaptive_step::AdaptiveStep>(),
    def::<add::Add>(),
    def::<arctan2::Arctan2>(),
    def::<asin::Asin>(),
    def::<asinh::Asinh>(),
    def::<atan::Atan>(),
    def::<atanh::Atanh>(),
    def::<cast::Cast>(),
    def::<cbrt::Cbrt>(),
    def::<ceil::Ceil>(),
    Def::of::<Composite<clip::Clip>>(),
    def::<cos::Cos>(),
    def::<cosh::Cosh>(),
    Def::of::<Composite<deg2rad::Deg2rad>>(),
    def::<divide::Divide>(),
    Def::of::<Composite<divide_no_nan::DivideNoNan>>(),
    def::<equal::Equal>(),
    def::<erf::Erf>(),
    def::<erfc::Erfc>(),
    def::<erfinv::Erfinv>(),
    def::<exp2::Exp2>(),
    def::<exp::Exp>(),
    def::<expm1::Expm1>(),
    Def::of::<Composite<fabs::Fabs>>(),
    def::<floor::Floor>(),
    def::<floor_divide::FloorDivide>(),
    Def::of::<Composite<fmax::Fmax>>(),
    Def::of::<Composite<fmin::Fmin>>(),
    def::<fmod::Fmod>(),
    def::<greater::Greater>(),
    def::<greater_equal::GreaterEqual>(),
    Def::of::<Composite<heaviside::Heaviside>>(),
    def::<hypot::Hypot>(),
    def::<i0::I0>(),
    def::<i1::I1>(),
    Def::of::<Composite<isclose::Isclose>>(),
    def::<isfinite::IsFinite>(),
    def::<isinf::IsInf>(),
    def::<isnan::IsNan>(),
    Def::of::<Composite<isneginf::Isneginf>>(),
    Def::of::<Composite<isposinf::Isposinf>>(),
    Def::of::<Composite<ldexp::Ldexp>>(),
    def::<less::Less>(),
    def::<less_equal::LessEqual>(),
    def::<log10::Log10>(),
    def::<log1p::Log1p>(),
    def::<log2::Log2>(),
    def::<log::Log>(),
    def::<logaddexp2::Logaddexp2>(),
    def::<logaddexp::Logaddexp>(),
    def::<logical_and::LogicalAnd>(),
    def::<logical_not::LogicalNot>(),
    def::<logical_or::LogicalOr>(),
    def::<logical_xor::LogicalXor>(),
    def::<maximum::Maximum>(),
    def::<minimum::Minimum>(),
    def::<modulo::Mod>(),
    def::<moving_average::MovingAverage>(),
    def::<moving_square::MovingSquare>(),
    def::<multiply::Multiply>(),
    Def::of::<Composite<nan_to_num::NanToNum>>(),
    def::<negative::Negative>(),
    def::<nextafter::Nextafter>(),
    def::<not_equal::NotEqual>(),
    def::<power::Power>(),
    Def::of::<Composite<rad2deg::Rad2deg>>(),
    def::<reciprocal::Reciprocal>(),
    def::<relu::Relu>(),
    def::<round::Round>(),
    def::<rsqrt::Rsqrt>(),
    def::<sigmoid::Sigmoid>(),
    def::<sign::Sign>(),
    def::<signbit::Signbit>(),
    def::<sin::Sin>(),
    Def::of::<Composite<sinc::Sinc>>(),
    def::<sinh::Sinh>(),
    def::<softplus::Softplus>(),
    def::<sqrt::Sqrt>(),
    def::<square::Square>(),
    def::<subtract::Subtract>(),
    def::<tan::Tan>(),
    def::<tanh::Tanh>(),
    def::<trunc::Trunc>(),
    def::<r#where::Where>(),
];
