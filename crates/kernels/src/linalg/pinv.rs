//! The Moore–Penrose inverse.

use super::{Svd, add_scaled, svd};

/// The `n × m` pseudo-inverse of an `m × n` matrix: V · diag(1 / s) · Uᵀ, without singular values up to `rcond` times the largest.
pub fn pinv(m: usize, n: usize, a: &[f64], rcond: f64) -> Vec<f64> {
    let Svd { u, s, vt } = svd(m, n, a, false);
    let k = s.len();
    let cutoff = rcond * s.first().copied().unwrap_or(0.0);
    let mut out = vec![0.0; n * m];
    if cutoff.is_nan() {
        out.fill(f64::NAN);
        return out;
    }
    for (l, &value) in s.iter().enumerate().filter(|&(_, &v)| v > cutoff) {
        let column: Vec<f64> = (0..m).map(|i| u[i * k + l]).collect();
        for j in 0..n {
            add_scaled(&mut out[j * m..(j + 1) * m], vt[l * n + j] / value, &column);
        }
    }
    out
}
