//! A = Q · R

use super::{add_scaled, dot, transposed};

/// Orthonormal columns Q (`m × k`) and the upper triangular R (`k × n`) of an `m × n` matrix; `k` is the lesser of both lengths, or `m`
/// for the complete basis.
///
/// Source: Householder reflections, Golub & Van Loan, *Matrix Computations*, 4th ed., 5.2.2; signs as in LAPACK.
pub fn qr(m: usize, n: usize, a: &[f64], complete: bool) -> (Vec<f64>, Vec<f64>) {
    // Columns as rows: reflections walk along memory.
    let mut t = transposed(m, n, a);
    let steps = m.min(n);
    let mut reflections: Vec<(Vec<f64>, f64)> = Vec::with_capacity(steps);
    for i in 0..steps {
        let (v, beta, alpha) = reflection(&t[i * m + i..(i + 1) * m]);
        for column in t.chunks_exact_mut(m.max(1)).skip(i + 1) {
            reflect(&v, beta, &mut column[i..]);
        }
        t[i * m + i] = alpha;
        t[i * m + i + 1..(i + 1) * m].fill(0.0);
        reflections.push((v, beta));
    }
    let k = if complete { m } else { steps };
    let mut q = vec![0.0; k * m];
    for (j, column) in q.chunks_exact_mut(m.max(1)).enumerate() {
        column[j] = 1.0;
        for (i, (v, beta)) in reflections.iter().enumerate().rev() {
            reflect(v, *beta, &mut column[i..]);
        }
    }
    let full = transposed(n, m, &t);
    (transposed(k, m, &q), full[..k * n].to_vec())
}

/// v and β with (I − β v vᵀ) x = α e₁, and α.
pub(super) fn reflection(x: &[f64]) -> (Vec<f64>, f64, f64) {
    let mut v = x.to_vec();
    let norm = dot(x, x).sqrt();
    if x.len() < 2 || x[1..].iter().all(|&e| e == 0.0) {
        return (v, 0.0, x.first().copied().unwrap_or(0.0));
    }
    let alpha = if x[0] > 0.0 { -norm } else { norm };
    v[0] -= alpha;
    let beta = 2.0 / dot(&v, &v);
    (v, beta, alpha)
}

pub(super) fn reflect(v: &[f64], beta: f64, x: &mut [f64]) {
    if beta != 0.0 {
        let along = beta * dot(v, x);
        add_scaled(x, -along, v);
    }
}
