//! P · A = L · U

use super::{add_scaled, solve_triangular};

/// The factors of an `m × n` matrix: U on and above the diagonal, L (whose diagonal is 1) below it.
pub struct Lu {
    m: usize,
    n: usize,
    /// Both factors in one matrix.
    pub factors: Vec<f64>,
    /// Row `i` changed places with row `pivots[i]`, one after the other.
    pub pivots: Vec<usize>,
}

/// Gaussian elimination with partial pivoting.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., 3.4.4.
pub fn lu(m: usize, n: usize, a: &[f64]) -> Lu {
    let (mut f, k) = (a.to_vec(), m.min(n));
    let mut pivots = Vec::with_capacity(k);
    for i in 0..k {
        let pivot = (i..m).fold(i, |best, r| if f[r * n + i].abs() > f[best * n + i].abs() { r } else { best });
        pivots.push(pivot);
        if pivot != i {
            (0..n).for_each(|j| f.swap(i * n + j, pivot * n + j));
        }
        let (top, rest) = f.split_at_mut((i + 1) * n);
        let row = &top[i * n..];
        if row[i] == 0.0 {
            continue;
        }
        for other in rest.chunks_exact_mut(n) {
            let factor = other[i] / row[i];
            other[i] = factor;
            add_scaled(&mut other[i + 1..], -factor, &row[i + 1..]);
        }
    }
    Lu { m, n, factors: f, pivots }
}

impl Lu {
    /// Solves A · X = B for the `n × k` matrix X in place, A being square.
    pub fn solve(&self, k: usize, b: &mut [f64]) {
        for (i, &p) in self.pivots.iter().enumerate().filter(|&(i, &p)| i != p) {
            (0..k).for_each(|j| b.swap(i * k + j, p * k + j));
        }
        let n = self.n;
        let mut unit = self.factors.clone();
        (0..n).for_each(|i| unit[i * n + i] = 1.0);
        solve_triangular(n, k, &unit, true, b);
        solve_triangular(n, k, &self.factors, false, b);
    }

    fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.m.min(self.n)).map(|i| self.factors[i * self.n + i])
    }

    fn parity(&self) -> f64 {
        if self.pivots.iter().enumerate().filter(|&(i, &p)| i != p).count() % 2 == 0 { 1.0 } else { -1.0 }
    }

    /// The determinant.
    pub fn determinant(&self) -> f64 {
        self.diagonal().product::<f64>() * self.parity()
    }

    /// The sign of the determinant and the logarithm of its absolute value.
    pub fn sign_and_log(&self) -> (f64, f64) {
        let sign = |v: f64| if v == 0.0 || v.is_nan() { v } else { v.signum() };
        let signs: f64 = self.diagonal().map(sign).product();
        (signs * self.parity(), self.diagonal().map(|v| v.abs().ln()).sum())
    }
}
