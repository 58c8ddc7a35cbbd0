//! A = U · diag(s) · Vᵀ

use super::{add_scaled, dot, finite, transposed};

/// Singular values in descending order with their vectors: the columns of `u`, the rows of `vt`.
pub struct Svd {
    /// `m × k`, or `m × m` for full bases.
    pub u: Vec<f64>,
    /// `k` values, the lesser of `m` and `n`.
    pub s: Vec<f64>,
    /// `k × n`, or `n × n` for full bases.
    pub vt: Vec<f64>,
}

/// The singular value decomposition by one-sided Jacobi rotations, which get small values right too.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., 8.6.3.
pub fn svd(m: usize, n: usize, a: &[f64], full: bool) -> Svd {
    let k = m.min(n);
    let (p, q) = if full { (m, n) } else { (k, k) };
    if !finite(a) {
        return Svd { u: vec![f64::NAN; m * p], s: vec![f64::NAN; k], vt: vec![f64::NAN; q * n] };
    }
    if m < n {
        let Svd { u, s, vt } = svd(n, m, &transposed(m, n, a), full);
        return Svd { u: transposed(p, m, &vt), s, vt: transposed(n, q, &u) };
    }
    // Rows of `c` are the columns of A·V, rows of `v` those of V.
    let mut c = transposed(m, n, a);
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|i| v[i * n + i] = 1.0);
    let largest = c.iter().fold(0.0f64, |x, y| x.max(y.abs()));
    // Squares must neither overflow nor vanish.
    let scale = if largest > 0.0 { largest } else { 1.0 };
    c.iter_mut().for_each(|x| *x /= scale);
    for _ in 0..60 {
        let mut turned = false;
        for i in 0..n {
            for j in i + 1..n {
                turned |= rotate(m, n, i, j, &mut c, &mut v);
            }
        }
        if !turned {
            break;
        }
    }
    let norms: Vec<f64> = c.chunks_exact(m.max(1)).map(|x| dot(x, x).sqrt()).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| norms[j].total_cmp(&norms[i]));
    let mut u: Vec<Option<Vec<f64>>> = vec![None; p];
    for (to, &from) in u.iter_mut().zip(&order) {
        if norms[from] > f64::MIN_POSITIVE {
            *to = Some(c[from * m..(from + 1) * m].iter().map(|x| x / norms[from]).collect());
        }
    }
    let vt = order.iter().flat_map(|&i| v[i * n..(i + 1) * n].iter().copied()).collect();
    let s = order.iter().map(|&i| norms[i] * scale).collect();
    Svd { u: transposed(p, m, &completed(m, u)), s, vt }
}

/// Turns columns `i` and `j` until they are orthogonal; whether they were not.
fn rotate(m: usize, n: usize, i: usize, j: usize, c: &mut [f64], v: &mut [f64]) -> bool {
    let (x, y) = two_rows(m, i, j, c);
    let (a, b, d) = (dot(x, x), dot(y, y), dot(x, y));
    if d.abs() <= f64::EPSILON * (a * b).sqrt() || d == 0.0 {
        return false;
    }
    let zeta = (b - a) / (2.0 * d);
    let tangent = 1.0f64.copysign(zeta) / (zeta.abs() + zeta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = cosine * tangent;
    let turn = |x: &mut [f64], y: &mut [f64]| {
        for (x, y) in x.iter_mut().zip(y) {
            (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
        }
    };
    turn(x, y);
    let (x, y) = two_rows(n, i, j, v);
    turn(x, y);
    true
}

fn two_rows(n: usize, i: usize, j: usize, a: &mut [f64]) -> (&mut [f64], &mut [f64]) {
    let (head, tail) = a.split_at_mut(j * n);
    (&mut head[i * n..(i + 1) * n], &mut tail[..n])
}

/// An orthonormal basis with the given vectors at their places, the missing ones chosen orthogonal to all others.
fn completed(m: usize, mut basis: Vec<Option<Vec<f64>>>) -> Vec<f64> {
    for at in 0..basis.len() {
        if basis[at].is_some() {
            continue;
        }
        let outside = |e: usize| {
            let mut x = vec![0.0; m];
            x[e] = 1.0;
            // Twice: once leaves rounding.
            for b in basis.iter().chain(&basis).flatten() {
                let along = dot(b, &x);
                add_scaled(&mut x, -along, b);
            }
            (dot(&x, &x).sqrt(), x)
        };
        // Of m unit vectors one is at least this far outside of fewer than m others.
        let enough = 0.5 / (m as f64).sqrt();
        let (norm, x) = (0..m).map(outside).find(|(norm, _)| *norm > enough).unwrap_or((1.0, vec![0.0; m]));
        basis[at] = Some(x.into_iter().map(|v| v / norm).collect());
    }
    basis.into_iter().flatten().flatten().collect()
}
