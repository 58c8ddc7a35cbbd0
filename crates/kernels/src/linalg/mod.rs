//! Decompositions of one matrix in float64, row-major. Matrices with NaN or infinities give NaN, never a loop without end.
//! They take memory of their own: next to their n³ steps it is nothing.

mod cholesky;
mod eig;
mod eigh;
mod lu;
mod pinv;
mod qr;
mod svd;
mod triangular;

pub use cholesky::cholesky;
pub use eig::eig;
pub use eigh::eigh;
pub use lu::{Lu, lu};
pub use pinv::pinv;
pub use qr::qr;
pub use svd::{Svd, svd};
pub use triangular::solve_triangular;

/// Whether every element is a number.
fn finite(a: &[f64]) -> bool {
    a.iter().all(|v| v.is_finite())
}

/// The `n × m` transpose of an `m × n` matrix.
fn transposed(m: usize, n: usize, a: &[f64]) -> Vec<f64> {
    let mut t = vec![0.0; m * n];
    for i in 0..m {
        for j in 0..n {
            t[j * m + i] = a[i * n + j];
        }
    }
    t
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// y += a · x
fn add_scaled(y: &mut [f64], a: f64, x: &[f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += a * x);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(m: usize, n: usize) -> Vec<f64> {
        (0..m * n)
            .map(|i| (i as f64 * 0.618_034 + 0.137).fract() * 2.0 - 1.0 + if i % (n + 1) == 0 { 0.5 } else { 0.0 })
            .collect()
    }

    fn product(m: usize, k: usize, n: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
        (0..m * n).map(|at| (0..k).map(|l| a[at / n * k + l] * b[l * n + at % n]).sum()).collect()
    }

    fn near(a: &[f64], b: &[f64]) {
        assert_eq!(a.len(), b.len());
        assert!(a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-9), "{a:?}\n{b:?}");
    }

    fn eye(n: usize) -> Vec<f64> {
        (0..n * n).map(|i| if i % (n + 1) == 0 { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn factors_multiply_to_the_matrix() {
        for (m, n) in [(1, 1), (2, 2), (5, 5), (6, 3), (3, 6), (33, 20), (40, 40)] {
            let a = sample(m, n);
            let k = m.min(n);
            for complete in [false, true] {
                let rows = if complete { m } else { k };
                let (q, r) = qr(m, n, &a, complete);
                near(&product(m, rows, n, &q, &r), &a);
                near(&product(rows, m, rows, &transposed(m, rows, &q), &q), &eye(rows));
                let Svd { u, s, vt } = svd(m, n, &a, complete);
                let (p, t) = if complete { (m, n) } else { (k, k) };
                let mut scaled = vec![0.0; p * n];
                (0..k).for_each(|i| add_scaled(&mut scaled[i * n..(i + 1) * n], s[i], &vt[i * n..(i + 1) * n]));
                near(&product(m, p, n, &u, &scaled), &a);
                near(&product(p, m, p, &transposed(m, p, &u), &u), &eye(p));
                near(&product(t, n, t, &vt, &transposed(t, n, &vt)), &eye(t));
                assert!(s.windows(2).all(|w| w[0] >= w[1]));
            }
            let inverse = pinv(m, n, &a, 1e-12);
            near(&product(m, m, n, &product(m, n, m, &a, &inverse), &a), &a);
        }
    }

    #[test]
    fn squares() {
        for n in [1, 2, 3, 8, 41] {
            let a = sample(n, n);
            let factors = lu(n, n, &a);
            let mut inverse = eye(n);
            factors.solve(n, &mut inverse);
            near(&product(n, n, n, &a, &inverse), &eye(n));
            let s = product(n, n, n, &transposed(n, n, &a), &a);
            let (w, v) = eigh(n, &s);
            let mut back = v.clone();
            back.iter_mut().enumerate().for_each(|(i, x)| *x *= w[i % n]);
            near(&product(n, n, n, &back, &transposed(n, n, &v)), &s);
            assert!(w.windows(2).all(|p| p[0] <= p[1]));
            let l = cholesky(n, &s);
            near(&product(n, n, n, &l, &transposed(n, n, &l)), &s);
            // (A v)ᵢ = λ vᵢ, real parts and imaginary parts.
            let (re, im, vr, vi) = eig(n, &a);
            let (left, low) = (product(n, n, n, &a, &vr), product(n, n, n, &a, &vi));
            for at in 0..n * n {
                let j = at % n;
                assert!((left[at] - (vr[at] * re[j] - vi[at] * im[j])).abs() < 1e-8, "{n}");
                assert!((low[at] - (vr[at] * im[j] + vi[at] * re[j])).abs() < 1e-8, "{n}");
            }
        }
    }

    #[test]
    fn ranks_below_full() {
        let a = [1.0, 2.0, 2.0, 4.0];
        let Svd { u, s, .. } = svd(2, 2, &a, true);
        near(&s, &[5.0, 0.0]);
        near(&product(2, 2, 2, &transposed(2, 2, &u), &u), &eye(2));
        near(&pinv(2, 2, &a, 1e-12), &[0.04, 0.08, 0.08, 0.16]);
        assert_eq!(lu(2, 2, &a).determinant(), 0.0);
        assert!(cholesky(2, &[1.0, 2.0, 2.0, 1.0])[0].is_nan());
        near(&svd(3, 2, &[0.0; 6], true).s, &[0.0, 0.0]);
        let (w, _) = eigh(3, &eye(3));
        near(&w, &[1.0; 3]);
        let (re, im, ..) = eig(2, &[0.0, -1.0, 1.0, 0.0]);
        near(&re, &[0.0, 0.0]);
        assert!((im[0] + im[1]).abs() < 1e-12 && (im[0].abs() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_number_stays_so() {
        for bad in [f64::NAN, f64::INFINITY] {
            let a = [1.0, bad, 2.0, 3.0];
            assert!(svd(2, 2, &a, false).s[0].is_nan() && eigh(2, &a).0[0].is_nan() && eig(2, &a).0[0].is_nan());
            assert!(cholesky(2, &a)[0].is_nan() && pinv(2, 2, &a, 0.0)[0].is_nan());
        }
    }
}
