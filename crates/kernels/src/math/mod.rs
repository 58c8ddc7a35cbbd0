//! Real functions of one element, for both float types under one name.
//!
//! Those of float32 that training is made of are polynomials without branches, so that a loop over them becomes vectors; their
//! error is below four units in the last place, and infinities, NaN, zeros and huge arguments give what they should.

mod double;
mod erf;
mod exp;
mod log;
mod power;
mod remainders;
mod single;
mod special;
mod trig;

pub use special::Special;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// A float type and the functions elementwise ops are made of.
#[allow(missing_docs)]
pub trait Real:
    Copy
    + PartialOrd
    + Default
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + 'static
{
    const ZERO: Self;
    const ONE: Self;
    const INFINITY: Self;
    const NAN: Self;
    fn from_f64(v: f64) -> Self;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    /// The exponential of a number up to 0; of float32, 0 in place of a subnormal number.
    fn exp_low(self) -> Self;
    fn expm1(self) -> Self;
    fn ln(self) -> Self;
    fn ln1p(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tan(self) -> Self;
    fn tanh(self) -> Self;
    fn sigmoid(self) -> Self;
    fn softplus(self) -> Self;
    fn erf(self) -> Self;
    fn pow(self, y: Self) -> Self;
}

#[cfg(test)]
mod tests;
