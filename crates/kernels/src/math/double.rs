//! Functions of float64: the system's.

use super::Real;

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const INFINITY: Self = f64::INFINITY;
    const NAN: Self = f64::NAN;

    fn from_f64(v: f64) -> Self {
        v
    }

    fn abs(self) -> Self {
        self.abs()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn exp(self) -> Self {
        self.exp()
    }

    #[inline(always)]
    fn exp_low(self) -> Self {
        self.exp()
    }

    fn expm1(self) -> Self {
        self.exp_m1()
    }

    fn ln(self) -> Self {
        self.ln()
    }

    fn ln1p(self) -> Self {
        self.ln_1p()
    }

    fn sin(self) -> Self {
        self.sin()
    }

    fn cos(self) -> Self {
        self.cos()
    }

    fn tan(self) -> Self {
        self.tan()
    }

    fn tanh(self) -> Self {
        self.tanh()
    }

    fn sigmoid(self) -> Self {
        1.0 / (1.0 + (-self).exp())
    }

    fn softplus(self) -> Self {
        let positive = if self > 0.0 { self } else { 0.0 };
        positive + (-self.abs()).exp().ln_1p()
    }

    fn erf(self) -> Self {
        libm::erf(self)
    }

    fn pow(self, y: Self) -> Self {
        self.powf(y)
    }
}
