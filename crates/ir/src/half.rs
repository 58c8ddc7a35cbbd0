//! The two floats of 16 bits, to float32 and back. No branches and no small float32 numbers on the way: loops over them become
//! vectors, and come out right where the processor takes such numbers for zero.

/// A float of 16 bits, computed with as a float32.
pub trait Half: Copy + Send + Sync + 'static {
    /// Its value.
    fn to_f32(self) -> f32;

    /// The nearest one, of two as near the one that ends in 0; infinite where it is too large.
    fn from_f32(x: f32) -> Self;

    /// The nearest one, rounded once.
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        Self::from_f32(odd(x))
    }
}

/// `float16`: 5 bits of exponent, 10 of fraction (IEEE 754's binary16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct F16(pub u16);

/// `bfloat16`: the upper half of a float32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct BF16(pub u16);

/// The bits of 2ⁿ as a float32.
const fn power(n: i32) -> u32 {
    ((127 + n) as u32) << 23
}

impl Half for F16 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        let sign = (self.0 as u32 & 0x8000) << 16;
        let rest = (self.0 as u32 & 0x7fff) << 13;
        // Exponents differ by 112; those of all ones mean infinities and NaN in both, zeros in the exponent mean no leading 1.
        let small = f32::from_bits(rest + power(-14)) - f32::from_bits(power(-14));
        let exponent = rest & power(-96);
        let bits = match exponent {
            0 => small.to_bits(),
            e if e == 31 << 23 => rest + (224 << 23),
            _ => rest + (112 << 23),
        };
        f32::from_bits(sign | bits)
    }

    #[inline(always)]
    fn from_f32(x: f32) -> Self {
        let sign = (x.to_bits() >> 16) & 0x8000;
        let abs = x.to_bits() & 0x7fff_ffff;
        // Beside 0.5 a float32 has the steps of the smallest float16.
        let small = (f32::from_bits(abs) + 0.5).to_bits() - power(-1);
        let normal = abs.wrapping_sub(112 << 23).wrapping_add(0xfff + (abs >> 13 & 1)) >> 13;
        let large = if abs > 255 << 23 { 0x7e00 } else { 0x7c00 };
        let bits = if abs < power(-14) { small } else { normal };
        F16((sign | if abs < power(16) { bits } else { large }) as u16)
    }
}

impl Half for BF16 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        f32::from_bits((self.0 as u32) << 16)
    }

    #[inline(always)]
    fn from_f32(x: f32) -> Self {
        let bits = x.to_bits();
        let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
        let nan = bits >> 16 | 0x40;
        BF16(if bits & 0x7fff_ffff > 255 << 23 { nan } else { rounded } as u16)
    }
}

/// `x` as a float32, or of the two beside it the one that ends in 1: rounding that again is as rounding `x`.
///
/// Source: Boldo & Melquiond, *When double rounding is odd*, 2005.
#[inline(always)]
fn odd(x: f64) -> f32 {
    let near = x as f32;
    let inward = near.to_bits() - ((near as f64).abs() > x.abs()) as u32;
    if near as f64 == x || x.is_nan() { near } else { f32::from_bits(inward | 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value by the definition of the format.
    fn value(bits: u16, exponent: u32, fraction: u32) -> f64 {
        let (top, low) = ((1u32 << exponent) - 1, bits as u32 & ((1 << fraction) - 1));
        let (e, bias) = (bits as u32 >> fraction & top, (top / 2) as i32);
        let part = low as f64 / (1u64 << fraction) as f64;
        let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
        sign * match e {
            0 => part * 2f64.powi(1 - bias),
            e if e == top => {
                if low == 0 {
                    f64::INFINITY
                } else {
                    f64::NAN
                }
            }
            e => (1.0 + part) * 2f64.powi(e as i32 - bias),
        }
    }

    fn holds<H: Half>(bits_of: fn(H) -> u16, make: fn(u16) -> H, exponent: u32, fraction: u32) {
        let infinite = ((1u16 << exponent) - 1) << fraction;
        for bits in 0..=u16::MAX {
            let (got, want) = (make(bits).to_f32(), value(bits, exponent, fraction));
            assert!(got as f64 == want && got.is_sign_negative() == (bits > 0x7fff) || got.is_nan() && want.is_nan());
            let back = bits_of(H::from_f32(got));
            assert!(back == bits || got.is_nan() && make(back).to_f32().is_nan(), "{bits:x} {back:x}");
        }
        // Between two neighbours: the middle goes to the even one, the rest to the nearer.
        for bits in 0..infinite {
            let (low, high) = (value(bits, exponent, fraction), value(bits + 1, exponent, fraction));
            // What would come after the largest is infinite.
            let high = if high.is_finite() { high } else { 2f64.powi(1 << (exponent - 1)) };
            let middle = low + (high - low) / 2.0;
            let even = bits + (bits & 1);
            let (below, above) = (f64::from_bits(middle.to_bits() - 1), f64::from_bits(middle.to_bits() + 1));
            for (x, want) in [(middle, even), (below, bits), (above, bits + 1), (-middle, even | 0x8000)] {
                assert_eq!(bits_of(H::from_f64(x)), want, "{x:e}");
            }
        }
        for (x, want) in [(1e300, infinite), (-1e300, infinite | 0x8000), (1e-300, 0), (-1e-300, 0x8000)] {
            assert_eq!(bits_of(H::from_f64(x)), want, "{x:e}");
        }
    }

    #[test]
    fn every_float16_is_its_value_and_numbers_round_to_the_nearest() {
        holds(|h: F16| h.0, F16, 5, 10);
    }

    #[test]
    fn every_bfloat16_is_its_value_and_numbers_round_to_the_nearest() {
        holds(|h: BF16| h.0, BF16, 8, 7);
    }
}
