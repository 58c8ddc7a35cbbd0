//! eˣ and eˣ − 1 in float32: eˣ = 2ⁿ · eʳ with |r| ≤ ½ ln 2.
//!
//! Source of the polynomial: Moshier's Cephes library, `expf`.

use std::f32::consts::LOG2_E;

/// Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
/// The same, and what an exponent is shifted by: the low bits are those of a power of two.
const ROUND_SHIFTED: f32 = ROUND + 127.0;
/// Below, powers are no normal numbers.
const LOWEST: f32 = -87.33;
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// (n, eʳ − 1) of an x in [−104, 89].
#[inline(always)]
fn parts(x: f32) -> (i32, f32) {
    let rounded = x.mul_add(LOG2_E, ROUND);
    let (n, whole) = (rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i32, rounded - ROUND);
    (n, rest(x, whole))
}

/// eʳ − 1 of x = whole · ln 2 + r.
#[inline(always)]
fn rest(x: f32, whole: f32) -> f32 {
    let r = whole.mul_add(-LN2_LOW, whole.mul_add(-LN2_HIGH, x));
    let p = 1.987_569_1e-4f32;
    let p = p.mul_add(r, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 5e-1);
    p.mul_add(r * r, r)
}

/// 2ⁿ of an n in [−126, 127].
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// x between two bounds; the lower one in place of NaN.
#[inline(always)]
fn bound(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > low { x } else { low };
    if x < high { x } else { high }
}

/// eˣ
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (n, m) = parts(bound(x, -104.0, 89.0));
    // In two steps, so that the largest and the subnormal results are reached.
    let half = n >> 1;
    let y = (m + 1.0) * power_of_two(half) * power_of_two(n - half);
    if x.is_nan() { x } else { y }
}

/// eˣ of an x up to 0; 0 instead of a subnormal number.
#[inline(always)]
pub fn exp_low(x: f32) -> f32 {
    let rounded = x.mul_add(LOG2_E, ROUND_SHIFTED);
    let y = (rest(x, rounded - ROUND_SHIFTED) + 1.0) * f32::from_bits(rounded.to_bits() << 23);
    if x < LOWEST { 0.0 } else { y }
}

/// eˣ − 1
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    // From here on the 1 does not count.
    if x > 40.0 { exp(x) } else { expm1_low(x) }
}

/// eˣ − 1 of an x up to 40
#[inline(always)]
pub fn expm1_low(x: f32) -> f32 {
    let (n, m) = parts(bound(x, -30.0, 80.0));
    let scale = power_of_two(n);
    let y = m.mul_add(scale, scale - 1.0);
    // −0 stays what it is.
    if x.is_nan() || x == 0.0 { x } else { y }
}
