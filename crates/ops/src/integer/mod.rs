//! Ops of whole numbers: their bits and divisors.

mod bitwise_and;
mod bitwise_not;
mod bitwise_or;
mod bitwise_xor;
mod gcd;
mod lcm;
mod left_shift;
mod right_shift;

use crate::{
    Def,
    elementwise::{Elementwise, Formula, rule},
};
use kerosene_ir::{DType, Error, Result, Spec};

/// The one dtype of operands that are integers or booleans.
fn whole(who: &str, inputs: &[&Spec]) -> Result<DType> {
    let dtype = rule::same(who, inputs)?;
    if dtype.is_float() {
        return Err(Error::dtype(format!("{who}: expected integers, but the operands are {dtype}. Cast them first.")));
    }
    Ok(dtype)
}

/// |x|; the least integer of a signed type stays as it is.
macro_rules! magnitude {
    ($T:ty, $x:expr) => {{
        let x: $T = $x;
        if x < (0 as $T) { (0 as $T).wrapping_sub(x) } else { x }
    }};
}
use magnitude;

/// Euclid's algorithm on magnitudes.
macro_rules! gcd_of {
    ($T:ty, $x:expr, $y:expr) => {{
        let (mut a, mut b): ($T, $T) = ($crate::integer::magnitude!($T, $x), $crate::integer::magnitude!($T, $y));
        while b != 0 {
            (a, b) = (b, a.wrapping_rem(b));
        }
        $crate::integer::magnitude!($T, a)
    }};
}
use gcd_of;

const fn def<F: Formula>() -> Def {
    Def::of::<Elementwise<F>>()
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    def::<bitwise_and::BitwiseAnd>(),
    def::<bitwise_not::BitwiseNot>(),
    def::<bitwise_or::BitwiseOr>(),
    def::<bitwise_xor::BitwiseXor>(),
    def::<gcd::Gcd>(),
    def::<lcm::Lcm>(),
    def::<left_shift::LeftShift>(),
    def::<right_shift::RightShift>(),
];
