//! ln x and ln(1 + x) in float32: ln x = n · ln 2 + ln m with m in [√½, √2).
//!
//! Source of the polynomial: Moshier's Cephes library, `logf`.

const ROOT_HALF: u32 = 0x3f35_04f3;
/// 2²³
const SHIFT: f32 = 8_388_608.0;

/// ln x
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let small = x < f32::MIN_POSITIVE;
    let bits = if small { x * SHIFT } else { x }.to_bits();
    let n = (bits.wrapping_sub(ROOT_HALF) as i32) >> 23;
    let f = f32::from_bits(bits.wrapping_sub((n as u32) << 23)) - 1.0;
    let n = n as f32 - if small { 23.0 } else { 0.0 };
    let p = 7.037_683_6e-2f32;
    let p = p.mul_add(f, -1.151_461e-1);
    let p = p.mul_add(f, 1.167_699_9e-1);
    let p = p.mul_add(f, -1.242_014_1e-1);
    let p = p.mul_add(f, 1.424_932_3e-1);
    let p = p.mul_add(f, -1.666_805_8e-1);
    let p = p.mul_add(f, 2.000_071_5e-1);
    let p = p.mul_add(f, -2.499_999_4e-1);
    let p = p.mul_add(f, 3.333_333e-1);
    let square = f * f;
    let low = n.mul_add(-2.121_944_4e-4, square * f * p);
    let y = n.mul_add(0.693_359_4, f + square.mul_add(-0.5, low));
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x > 0.0 || x.is_nan() { y } else { f32::NAN };
    if x == 0.0 { f32::NEG_INFINITY } else { y }
}

/// ln(1 + x)
#[inline(always)]
pub fn ln1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    // What the sum has lost of x, to first order.
    let lost = (x - (sum - 1.0)) / sum;
    let y = ln(sum) + lost;
    let y = if x == -1.0 { f32::NEG_INFINITY } else { y };
    if x < f32::INFINITY && x != 0.0 { y } else { x }
}
