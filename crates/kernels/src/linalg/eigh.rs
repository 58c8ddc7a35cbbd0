//! Eigenvalues and eigenvectors of symmetric matrices.

use super::{add_scaled, dot, finite, qr::reflection, transposed};

/// The eigenvalues in ascending order, and a matrix whose columns are the eigenvectors. Of the matrix the mean with its transpose is
/// taken.
///
/// Source: reduction to tridiagonal form and QL with implicit shifts, Golub & Van Loan, *Matrix Computations*, 4th ed., 8.3; Wilkinson
/// & Reinsch, *Handbook for Automatic Computation II*, 1971, II/2 and II/3.
pub fn eigh(n: usize, a: &[f64]) -> (Vec<f64>, Vec<f64>) {
    if !finite(a) {
        return (vec![f64::NAN; n], vec![f64::NAN; n * n]);
    }
    let mut s: Vec<f64> = (0..n * n).map(|at| 0.5 * a[at] + 0.5 * a[at % n * n + at / n]).collect();
    // Rows of `z` become the eigenvectors.
    let mut z = vec![0.0; n * n];
    (0..n).for_each(|i| z[i * n + i] = 1.0);
    for k in 0..n.saturating_sub(2) {
        let column: Vec<f64> = (k + 1..n).map(|i| s[i * n + k]).collect();
        let (v, beta, alpha) = reflection(&column);
        if beta != 0.0 {
            both_sides(n, k + 1, &v, beta, &mut s);
            for row in z.chunks_exact_mut(n) {
                let along = beta * dot(&v, &row[k + 1..]);
                add_scaled(&mut row[k + 1..], -along, &v);
            }
        }
        s[(k + 1) * n + k] = alpha;
    }
    let mut z = transposed(n, n, &z);
    let mut d: Vec<f64> = (0..n).map(|i| s[i * n + i]).collect();
    let mut e: Vec<f64> = (1..n).map(|i| s[i * n + i - 1]).chain([0.0]).collect();
    if !tridiagonal(&mut d, &mut e, &mut z) {
        return (vec![f64::NAN; n], vec![f64::NAN; n * n]);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| d[i].total_cmp(&d[j]));
    let rows: Vec<f64> = order.iter().flat_map(|&i| z[i * n..(i + 1) * n].iter().copied()).collect();
    (order.iter().map(|&i| d[i]).collect(), transposed(n, n, &rows))
}

/// S ← H S H on the rows and columns from `from` on, H = I − β v vᵀ.
fn both_sides(n: usize, from: usize, v: &[f64], beta: f64, s: &mut [f64]) {
    let mut w: Vec<f64> = (from..n).map(|i| beta * dot(v, &s[i * n + from..(i + 1) * n])).collect();
    let half = 0.5 * beta * dot(&w, v);
    add_scaled(&mut w, -half, v);
    for i in from..n {
        let row = &mut s[i * n + from..(i + 1) * n];
        add_scaled(row, -v[i - from], &w);
        add_scaled(row, -w[i - from], v);
    }
}

/// QL on the diagonal `d` and subdiagonal `e`; turns the rows of `z` along. Whether it came to an end.
fn tridiagonal(d: &mut [f64], e: &mut [f64], z: &mut [f64]) -> bool {
    let n = d.len();
    for l in 0..n {
        for turn in 0.. {
            let small = |i: usize| e[i].abs() <= f64::EPSILON * (d[i].abs() + d[i + 1].abs());
            let m = (l..n - 1).find(|&i| small(i)).unwrap_or(n - 1);
            if m == l {
                break;
            }
            if turn == 60 {
                return false;
            }
            let g = (d[l + 1] - d[l]) / (2.0 * e[l]);
            let mut g = d[m] - d[l] + e[l] / (g + g.hypot(1.0).copysign(g));
            let (mut sine, mut cosine, mut p) = (1.0, 1.0, 0.0);
            let mut whole = true;
            for i in (l..m).rev() {
                let (f, b) = (sine * e[i], cosine * e[i]);
                let r = f.hypot(g);
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[m] = 0.0;
                    whole = false;
                    break;
                }
                (sine, cosine) = (f / r, g / r);
                g = d[i + 1] - p;
                let r = (d[i] - g) * sine + 2.0 * cosine * b;
                p = sine * r;
                d[i + 1] = g + p;
                g = cosine * r - b;
                let (low, high) = z[i * n..].split_at_mut(n);
                for (x, y) in low.iter_mut().zip(high) {
                    (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
                }
            }
            if whole {
                d[l] -= p;
                e[l] = g;
                e[m] = 0.0;
            }
        }
    }
    true
}
