//! Rarer functions of one or two elements. Those of float32 are computed in float64 and rounded once.

use super::Real;
use std::f64::consts::{FRAC_2_SQRT_PI, PI};

/// A float type and the functions that training is seldom made of.
#[allow(missing_docs)]
pub trait Special: Real {
    fn acosh(self) -> Self;
    fn asinh(self) -> Self;
    fn atanh(self) -> Self;
    fn cbrt(self) -> Self;
    fn erfc(self) -> Self;
    fn erfinv(self) -> Self;
    fn exp2(self) -> Self;
    fn log2(self) -> Self;
    fn log10(self) -> Self;
    fn i0(self) -> Self;
    fn i1(self) -> Self;
    fn hypot(self, y: Self) -> Self;
    fn logaddexp(self, y: Self) -> Self;
    fn logaddexp2(self, y: Self) -> Self;
    fn nextafter(self, y: Self) -> Self;
}

impl Special for f64 {
    fn acosh(self) -> Self {
        libm::acosh(self)
    }
    fn asinh(self) -> Self {
        libm::asinh(self)
    }
    fn atanh(self) -> Self {
        libm::atanh(self)
    }
    fn cbrt(self) -> Self {
        libm::cbrt(self)
    }
    fn erfc(self) -> Self {
        libm::erfc(self)
    }
    fn erfinv(self) -> Self {
        erfinv(self)
    }
    fn exp2(self) -> Self {
        libm::exp2(self)
    }
    fn log2(self) -> Self {
        libm::log2(self)
    }
    fn log10(self) -> Self {
        libm::log10(self)
    }
    fn i0(self) -> Self {
        bessel(self, 0.0)
    }
    fn i1(self) -> Self {
        bessel(self, 1.0)
    }
    fn hypot(self, y: Self) -> Self {
        libm::hypot(self, y)
    }
    fn logaddexp(self, y: Self) -> Self {
        let apart = self - y;
        if apart.is_nan() {
            // NaN, or infinities of one sign.
            return self + y;
        }
        self.max(y) + (-apart.abs()).exp().ln_1p()
    }
    fn logaddexp2(self, y: Self) -> Self {
        let apart = self - y;
        if apart.is_nan() {
            return self + y;
        }
        self.max(y) + libm::exp2(-apart.abs()).ln_1p() * std::f64::consts::LOG2_E
    }
    fn nextafter(self, y: Self) -> Self {
        libm::nextafter(self, y)
    }
}

/// Functions of float32 by those of float64.
macro_rules! through_double {
    ($($name:ident($($y:ident)?)),*) => {
        $(fn $name(self $(, $y: Self)?) -> Self {
            f64::from(self).$name($(f64::from($y))?) as f32
        })*
    };
}

/// Of the methods that float types have themselves, the ones above are meant.
macro_rules! through_libm {
    ($($name:ident),*) => {
        $(fn $name(self) -> Self {
            libm::$name(f64::from(self)) as f32
        })*
    };
}

impl Special for f32 {
    through_libm!(acosh, asinh, atanh, cbrt, erfc, exp2, log2, log10);
    through_double!(erfinv(), i0(), i1(), logaddexp(y), logaddexp2(y));
    fn hypot(self, y: Self) -> Self {
        libm::hypot(f64::from(self), f64::from(y)) as f32
    }
    fn nextafter(self, y: Self) -> Self {
        libm::nextafterf(self, y)
    }
}

/// The inverse error function: a first guess in single precision, then Halley's steps, whose errors are third powers.
fn erfinv(x: f64) -> f64 {
    let size = x.abs();
    if size.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size == 1.0 {
        return x * f64::INFINITY;
    }
    let w = -((1.0 - size) * (1.0 + size)).ln();
    const CENTRE: [f64; 9] = [
        2.810_226_36e-8,
        3.432_739_39e-7,
        -3.523_387_7e-6,
        -4.391_506_54e-6,
        2.185_808_7e-4,
        -1.253_725_03e-3,
        -4.177_681_64e-3,
        2.466_407_27e-1,
        1.501_409_41,
    ];
    const TAIL: [f64; 9] = [
        -2.002_142_57e-4,
        1.009_505_58e-4,
        1.349_343_22e-3,
        -3.673_428_44e-3,
        5.739_507_73e-3,
        -7.622_461_3e-3,
        9.438_870_47e-3,
        1.001_674_06,
        2.832_976_82,
    ];
    let (at, coefficients) = if w < 5.0 { (w - 2.5, &CENTRE) } else { (w.sqrt() - 3.0, &TAIL) };
    let mut y = coefficients.iter().fold(0.0, |p, &c| p * at + c) * size;
    for _ in 0..30 {
        // In the tail, the distance from 1 keeps its digits.
        let off = if size < 0.5 { libm::erf(y) - size } else { (1.0 - size) - libm::erfc(y) };
        let step = off * (y * y).exp() / FRAC_2_SQRT_PI;
        y -= step / (1.0 + y * step);
        if step.abs() <= 1e-12 * y {
            break;
        }
    }
    y.copysign(x)
}

/// The modified Bessel function of the first kind of an integer order: its power series, or from 30 on its asymptotic one.
///
/// Source: Abramowitz & Stegun, *Handbook of Mathematical Functions*, 9.6.10 and 9.7.1.
fn bessel(x: f64, order: f64) -> f64 {
    let size = x.abs();
    let sign = if order == 1.0 && x < 0.0 { -1.0 } else { 1.0 };
    if size < 30.0 {
        let quarter = size * size / 4.0;
        let mut term = if order == 1.0 { size / 2.0 } else { 1.0 };
        let mut sum = term;
        let mut k = 1.0;
        while term > sum * 1e-17 {
            term *= quarter / (k * (k + order));
            sum += term;
            k += 1.0;
        }
        return sign * sum;
    }
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..30 {
        let odd = f64::from(2 * k - 1);
        term *= (odd * odd - 4.0 * order * order) / (8.0 * size * f64::from(k));
        sum += term;
    }
    // Half of the exponential at a time: it overflows before the result does.
    let half = (size / 2.0).exp();
    sign * half * (sum / (2.0 * PI * size).sqrt()) * half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 4e-15 * want.abs(), "{got} is not {want}");
    }

    /// Values of scipy.special.
    #[test]
    fn known_values() {
        close(Special::i0(1.0), 1.266_065_877_752_008_4);
        close(Special::i0(-29.9), 7.084_783_304_890_146e11);
        close(Special::i0(30.1), 8.624_329_200_317_792e11);
        close(Special::i1(2.0), 1.590_636_854_637_329);
        close(Special::i1(-40.0), -1.470_739_616_325_935_4e16);
        for x in [1e-300, 1e-9, 0.1, 0.499, 0.5, 0.9, 0.999_999, -0.3, 1.0 - 1e-15] {
            let y = Special::erfinv(x);
            let tail = x.abs() > 0.5;
            let (got, want) = if tail { (libm::erfc(y.abs()), 1.0 - x.abs()) } else { (libm::erf(y), x) };
            assert!((got - want).abs() <= 1e-13 * want.abs(), "erfinv({x}) = {y}");
        }
        assert_eq!(Special::erfinv(1.0f32), f32::INFINITY);
        assert_eq!(Special::erfinv(-1.0f64), f64::NEG_INFINITY);
        assert!(Special::erfinv(1.1f32).is_nan());
        assert_eq!(Special::log10(1000f32), 3.0);
        assert_eq!(Special::log2(8f32), 3.0);
        assert_eq!(Special::logaddexp(f64::INFINITY, f64::INFINITY), f64::INFINITY);
        assert_eq!(Special::logaddexp(f64::NEG_INFINITY, f64::NEG_INFINITY), f64::NEG_INFINITY);
    }
}
