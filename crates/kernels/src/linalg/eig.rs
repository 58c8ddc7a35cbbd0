//! Eigenvalues and eigenvectors of any square matrix.

use super::finite;
use num_complex::Complex64 as C;

/// The eigenvalues (real and imaginary parts) and a matrix whose columns are the eigenvectors of length 1 (likewise).
///
/// Source: the QR algorithm with shifts on the complex Hessenberg form, Golub & Van Loan, *Matrix Computations*, 4th ed., 7.4 to 7.6.
pub fn eig(n: usize, a: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>) {
    let nothing = || (vec![f64::NAN; n], vec![f64::NAN; n], vec![f64::NAN; n * n], vec![f64::NAN; n * n]);
    if !finite(a) {
        return nothing();
    }
    let mut t: Vec<C> = a.iter().map(|&x| C::new(x, 0.0)).collect();
    let mut q = vec![C::ZERO; n * n];
    (0..n).for_each(|i| q[i * n + i] = C::ONE);
    for k in 0..n.saturating_sub(2) {
        for i in k + 2..n {
            turn(n, &mut t, &mut q, (k + 1, i), k);
        }
    }
    if !triangular(n, &mut t, &mut q) {
        return nothing();
    }
    let vectors = vectors(n, &t, &q);
    let values: Vec<C> = (0..n).map(|i| t[i * n + i]).collect();
    let part = |x: &[C], f: fn(&C) -> f64| x.iter().map(f).collect();
    (part(&values, |z| z.re), part(&values, |z| z.im), part(&vectors, |z| z.re), part(&vectors, |z| z.im))
}

/// A rotation of rows `i` and `j` that takes away element (j, k), with the same rotation of the columns.
fn turn(n: usize, t: &mut [C], q: &mut [C], (i, j): (usize, usize), k: usize) {
    let Some((c, s)) = rotation(t[i * n + k], t[j * n + k]) else { return };
    rows(n, t, i, j, c, s);
    columns(n, t, i, j, c, s);
    columns(n, q, i, j, c, s);
    t[j * n + k] = C::ZERO;
}

/// c and s with c x + s y = r and −s̄ x + c y = 0.
fn rotation(x: C, y: C) -> Option<(f64, C)> {
    let norm = x.norm().hypot(y.norm());
    if y == C::ZERO || norm == 0.0 {
        return None;
    }
    if x == C::ZERO {
        return Some((0.0, y.conj() / y.norm()));
    }
    Some((x.norm() / norm, x / x.norm() * y.conj() / norm))
}

fn rows(n: usize, t: &mut [C], i: usize, j: usize, c: f64, s: C) {
    for l in 0..n {
        let (x, y) = (t[i * n + l], t[j * n + l]);
        (t[i * n + l], t[j * n + l]) = (x * c + s * y, y * c - s.conj() * x);
    }
}

fn columns(n: usize, t: &mut [C], i: usize, j: usize, c: f64, s: C) {
    for l in 0..n {
        let (x, y) = (t[l * n + i], t[l * n + j]);
        (t[l * n + i], t[l * n + j]) = (x * c + s.conj() * y, y * c - s * x);
    }
}

/// QR steps until the Hessenberg matrix is triangular. Whether it came to an end.
fn triangular(n: usize, t: &mut [C], q: &mut [C]) -> bool {
    let mut high = n;
    let mut turn = 0;
    while high > 1 {
        let last = high - 1;
        let size = |i: usize| t[i * n + i].norm() + t[(i - 1) * n + i - 1].norm();
        let small = |i: usize| t[i * n + i - 1].norm() <= f64::EPSILON * size(i);
        let low = (1..=last).rev().find(|&i| small(i)).unwrap_or(0);
        if low > 0 {
            t[low * n + low - 1] = C::ZERO;
        }
        if low == last {
            high -= 1;
            turn = 0;
            continue;
        }
        turn += 1;
        if turn > 200 {
            return false;
        }
        let shift =
            if turn % 10 == 0 { t[last * n + last] + t[last * n + last - 1].norm() } else { wilkinson(n, t, last) };
        step(n, t, q, low, last, shift);
    }
    true
}

/// The eigenvalue of the last two rows' square that is nearer to its last element.
fn wilkinson(n: usize, t: &[C], last: usize) -> C {
    let (a, b) = (t[(last - 1) * n + last - 1], t[(last - 1) * n + last]);
    let (c, d) = (t[last * n + last - 1], t[last * n + last]);
    let half = (a - d) * 0.5;
    let root = (half * half + b * c).sqrt();
    let (x, y) = (d + half + root, d + half - root);
    if (x - d).norm() < (y - d).norm() { x } else { y }
}

/// One step on rows and columns `low..=last`, which leaves the form as it is.
fn step(n: usize, t: &mut [C], q: &mut [C], low: usize, last: usize, shift: C) {
    (0..n).for_each(|i| t[i * n + i] -= shift);
    let mut turns = Vec::with_capacity(last - low);
    for k in low..last {
        let found = rotation(t[k * n + k], t[(k + 1) * n + k]);
        if let Some((c, s)) = found {
            rows(n, t, k, k + 1, c, s);
            t[(k + 1) * n + k] = C::ZERO;
        }
        turns.push(found);
    }
    for (k, found) in (low..last).zip(turns) {
        if let Some((c, s)) = found {
            columns(n, t, k, k + 1, c, s);
            columns(n, q, k, k + 1, c, s);
        }
    }
    (0..n).for_each(|i| t[i * n + i] += shift);
}

/// Eigenvectors of the triangular matrix by substitution, turned back by `q`, of length 1.
fn vectors(n: usize, t: &[C], q: &[C]) -> Vec<C> {
    let scale = t.iter().map(|z| z.norm()).fold(f64::MIN_POSITIVE, f64::max);
    let mut out = vec![C::ZERO; n * n];
    for j in 0..n {
        let mut x = vec![C::ZERO; n];
        x[j] = C::ONE;
        for i in (0..j).rev() {
            let sum: C = (i + 1..=j).map(|l| t[i * n + l] * x[l]).sum();
            let gap = t[j * n + j] - t[i * n + i];
            // Equal eigenvalues: the smallest gap that still divides.
            let gap = if gap.norm() < f64::EPSILON * scale { C::new(f64::EPSILON * scale, 0.0) } else { gap };
            x[i] = sum / gap;
        }
        let v: Vec<C> = (0..n).map(|i| (0..=j).map(|l| q[i * n + l] * x[l]).sum()).collect();
        // A phase that makes the largest element real: real eigenvalues get real vectors.
        let top = v.iter().fold(C::ZERO, |a, &b| if b.norm() > a.norm() { b } else { a });
        let norm = v.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        let phase = if top == C::ZERO { C::ONE } else { top.conj() / top.norm() };
        (0..n).for_each(|i| out[i * n + j] = v[i] * phase / norm);
    }
    out
}
