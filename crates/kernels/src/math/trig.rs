//! Sine, cosine and tangent in float32: the argument is brought to [−π/4, π/4] in float64.
//!
//! Source of the polynomials: Moshier's Cephes library, `sinf` and `cosf`.

use super::remainders::REMAINDERS;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// What float64 leaves of π/2.
const REST: f64 = 6.123_233_995_736_766e-17;
/// Adding 1.5 · 2⁵² rounds to an integer, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Beyond, the exponent's own remainder by a turn is taken first.
const FAR: f32 = 35_184_372_088_832.0;

/// The number of quarter turns next to x, and what is left.
#[inline(always)]
fn reduce(x: f32) -> (i64, f32) {
    let far = x.abs() >= FAR && x.abs() < f32::INFINITY;
    // x = m · 2^e with an integer m of 24 bits.
    let bits = x.to_bits();
    let e = (bits >> 23 & 0xff) as usize;
    let m = f64::from((bits & 0x7f_ffff | 0x80_0000) as i32);
    let (high, low) = REMAINDERS[if far { e - 172 } else { 0 }];
    let product = m * high;
    let rest = m.mul_add(high, -product) + m * low;
    let negative = x < 0.0;
    let (a, b) = if far { (product, rest) } else { (f64::from(x.abs()), 0.0) };
    let rounded = a.mul_add(FRAC_2_PI, ROUND);
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i64;
    let whole = rounded - ROUND;
    let r = whole.mul_add(-REST, whole.mul_add(-FRAC_PI_2, a)) + b;
    if negative { (n.wrapping_neg(), -r as f32) } else { (n, r as f32) }
}

/// (sin r, cos r) of |r| ≤ π/4.
#[inline(always)]
fn both(r: f32) -> (f32, f32) {
    let z = r * r;
    let s = (-1.951_529_6e-4f32).mul_add(z, 8.332_161e-3);
    let s = s.mul_add(z, -1.666_665_5e-1);
    let c = 2.443_315_7e-5f32.mul_add(z, -1.388_731_6e-3);
    let c = c.mul_add(z, 4.166_664_6e-2);
    ((s * z).mul_add(r, r), (c * z).mul_add(z, z.mul_add(-0.5, 1.0)))
}

/// x, or NaN in place of an infinity.
#[inline(always)]
fn finite(x: f32, y: f32) -> f32 {
    if x.abs() < f32::INFINITY { y } else { f32::NAN }
}

/// The sine after `n` quarter turns more.
#[inline(always)]
fn turned(n: i64, r: f32) -> f32 {
    let (s, c) = both(r);
    let y = if n & 1 == 0 { s } else { c };
    if n & 2 == 0 { y } else { -y }
}

/// sin x
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    let (n, r) = reduce(x);
    finite(x, if x == 0.0 { x } else { turned(n, r) })
}

/// cos x
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    let (n, r) = reduce(x);
    finite(x, turned(n.wrapping_add(1), r))
}

/// tan x
#[inline(always)]
pub fn tan(x: f32) -> f32 {
    let (n, r) = reduce(x);
    let (s, c) = both(r);
    let y = if n & 1 == 0 { s / c } else { -c / s };
    finite(x, if x == 0.0 { x } else { y })
}
