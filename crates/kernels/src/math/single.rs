//! Functions of float32.

use super::{Real, erf, exp, log, power, trig};

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const INFINITY: Self = f32::INFINITY;
    const NAN: Self = f32::NAN;

    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        v as f32
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn exp(self) -> Self {
        exp::exp(self)
    }

    #[inline(always)]
    fn exp_low(self) -> Self {
        exp::exp_low(self)
    }

    #[inline(always)]
    fn expm1(self) -> Self {
        exp::expm1(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        log::ln(self)
    }

    #[inline(always)]
    fn ln1p(self) -> Self {
        log::ln1p(self)
    }

    #[inline(always)]
    fn sin(self) -> Self {
        trig::sin(self)
    }

    #[inline(always)]
    fn cos(self) -> Self {
        trig::cos(self)
    }

    #[inline(always)]
    fn tan(self) -> Self {
        trig::tan(self)
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        let t = exp::expm1_low(-2.0 * self.abs());
        (-t / (2.0 + t)).copysign(self)
    }

    #[inline(always)]
    fn sigmoid(self) -> Self {
        1.0 / (1.0 + exp::exp(-self))
    }

    #[inline(always)]
    fn softplus(self) -> Self {
        let positive = if self > 0.0 { self } else { 0.0 };
        positive + log::ln1p(exp::exp(-self.abs()))
    }

    #[inline(always)]
    fn erf(self) -> Self {
        erf::erf(self)
    }

    #[inline(always)]
    fn pow(self, y: Self) -> Self {
        power::pow(self, y)
    }
}
