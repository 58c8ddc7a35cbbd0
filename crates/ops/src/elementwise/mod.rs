//! Ops whose every output element depends only on the input elements at its place.

mod abs;
mod acos;
mod add;
mod arctan2;
mod asin;
mod atan;
mod cast;
mod ceil;
mod clip;
mod cos;
mod cosh;
mod divide;
mod equal;
mod erf;
mod exp;
mod expm1;
mod floor;
mod floor_divide;
pub mod formula;
mod greater;
mod greater_equal;
mod isfinite;
mod isinf;
mod isnan;
mod less;
mod less_equal;
mod log;
mod log1p;
mod logical_and;
mod logical_not;
mod logical_or;
mod logical_xor;
mod maximum;
mod minimum;
mod modulo;
mod multiply;
mod negative;
mod not_equal;
pub mod operand;
mod power;
mod reciprocal;
mod relu;
mod round;
mod rsqrt;
pub mod rule;
mod sigmoid;
mod sign;
mod sin;
mod sinh;
mod softplus;
mod sqrt;
mod square;
mod subtract;
mod tan;
mod tanh;
mod tie;
mod r#where;

use crate::{Def, composite::Composite};
pub use cast::cast;
pub use formula::{Elementwise, Formula};

/// What the files of this room are written with.
mod prelude {
    pub use super::{formula::Formula, rule};
    pub use crate::{GraphOps, Param, Promote, Sample, for_dtype};
    pub use kerosene_ir::{DType, Result, Spec, Value, Vjp};
    pub use kerosene_kernels::{Lane, binary, math::Real, ternary, unary};
    pub use serde::{Deserialize, Serialize};
    #[cfg(feature = "candle")]
    pub use {crate::lower::Candle, candle_core::Tensor};
}

const fn def<F: Formula>() -> Def {
    Def::of::<Elementwise<F>>()
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    def::<abs::Abs>(),
    def::<acos::Acos>(),
    def::<add::Add>(),
    def::<arctan2::Arctan2>(),
    def::<asin::Asin>(),
    def::<atan::Atan>(),
    def::<cast::Cast>(),
    def::<ceil::Ceil>(),
    Def::of::<Composite<clip::Clip>>(),
    def::<cos::Cos>(),
    def::<cosh::Cosh>(),
    def::<divide::Divide>(),
    def::<equal::Equal>(),
    def::<erf::Erf>(),
    def::<exp::Exp>(),
    def::<expm1::Expm1>(),
    def::<floor::Floor>(),
    def::<floor_divide::FloorDivide>(),
    def::<greater::Greater>(),
    def::<greater_equal::GreaterEqual>(),
    def::<isfinite::IsFinite>(),
    def::<isinf::IsInf>(),
    def::<isnan::IsNan>(),
    def::<less::Less>(),
    def::<less_equal::LessEqual>(),
    def::<log::Log>(),
    def::<log1p::Log1p>(),
    def::<logical_and::LogicalAnd>(),
    def::<logical_not::LogicalNot>(),
    def::<logical_or::LogicalOr>(),
    def::<logical_xor::LogicalXor>(),
    def::<maximum::Maximum>(),
    def::<minimum::Minimum>(),
    def::<modulo::Mod>(),
    def::<multiply::Multiply>(),
    def::<negative::Negative>(),
    def::<not_equal::NotEqual>(),
    def::<power::Power>(),
    def::<reciprocal::Reciprocal>(),
    def::<relu::Relu>(),
    def::<round::Round>(),
    def::<rsqrt::Rsqrt>(),
    def::<sigmoid::Sigmoid>(),
    def::<sign::Sign>(),
    def::<sin::Sin>(),
    def::<sinh::Sinh>(),
    def::<softplus::Softplus>(),
    def::<sqrt::Sqrt>(),
    def::<square::Square>(),
    def::<subtract::Subtract>(),
    def::<tan::Tan>(),
    def::<tanh::Tanh>(),
    def::<r#where::Where>(),
];
