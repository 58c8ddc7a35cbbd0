//! x to the power of y in float32, by way of 2^(y · log₂|x|) in float64.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// Adding 1.5 · 2⁵² rounds to an integer, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// log₂ of a positive number, by the series of artanh; −∞ of 0.
#[inline(always)]
fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let e = (bits.wrapping_sub((SQRT_2 * 0.5).to_bits()) as i64) >> 52;
    let m = f64::from_bits(bits.wrapping_sub((e as u64) << 52));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let p = (1.0 / 15.0f64).mul_add(z, 1.0 / 13.0);
    let p = p.mul_add(z, 1.0 / 11.0);
    let p = p.mul_add(z, 1.0 / 9.0);
    let p = p.mul_add(z, 1.0 / 7.0);
    let p = p.mul_add(z, 1.0 / 5.0);
    let p = p.mul_add(z, 1.0 / 3.0);
    let p = p.mul_add(z, 1.0);
    // The exponent is below 2³¹, where the conversion has vectors.
    let y = (2.0 * LOG2_E * s).mul_add(p, f64::from(e as i32));
    let y = if x < f64::INFINITY { y } else { f64::INFINITY };
    if x > 0.0 { y } else { f64::NEG_INFINITY }
}

/// 2ˣ of an x in [−200, 200].
#[inline(always)]
fn exp2(x: f64) -> f64 {
    let rounded = x + ROUND;
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let r = (x - (rounded - ROUND)) * LN_2;
    let p = (1.0 / 362_880.0f64).mul_add(r, 1.0 / 40_320.0);
    let p = p.mul_add(r, 1.0 / 5_040.0);
    let p = p.mul_add(r, 1.0 / 720.0);
    let p = p.mul_add(r, 1.0 / 120.0);
    let p = p.mul_add(r, 1.0 / 24.0);
    let p = p.mul_add(r, 1.0 / 6.0);
    let p = p.mul_add(r, 0.5);
    let p = p.mul_add(r, 1.0);
    let p = p.mul_add(r, 1.0);
    p * f64::from_bits(n.wrapping_add(1023) << 52)
}

/// xʸ
#[inline(always)]
pub fn pow(x: f32, y: f32) -> f32 {
    let exponent = f64::from(y) * log2(f64::from(x.abs()));
    let low = if exponent > -200.0 { exponent } else { -200.0 };
    let size = exp2(if low < 200.0 { low } else { 200.0 }) as f32;
    let whole = y.floor() == y;
    let half = y * 0.5;
    let odd = whole && half.floor() != half;
    let root = x < 0.0 && x > f32::NEG_INFINITY && !whole;
    let signed = if odd && x.is_sign_negative() { -size } else { size };
    let lost = root || x.is_nan() || y.is_nan();
    let value = if lost { f32::NAN } else { signed };
    // 1 to anything, anything to 0, and −1 to ±∞ are 1, even of NaN.
    let one = y == 0.0 || x == 1.0 || (x == -1.0 && y.abs() == f32::INFINITY);
    if one { 1.0 } else { value }
}
