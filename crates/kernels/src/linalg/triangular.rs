//! Triangular systems.

use super::add_scaled;

/// Solves A · X = B for the `n × k` matrix X in place; only the lower (or upper) triangle of A is read.
pub fn solve_triangular(n: usize, k: usize, a: &[f64], lower: bool, b: &mut [f64]) {
    for step in 0..n {
        let i = if lower { step } else { n - 1 - step };
        let known = if lower { 0..i } else { i + 1..n };
        let (head, tail) = b.split_at_mut(i * k);
        let (row, tail) = tail.split_at_mut(k);
        for j in known {
            let other = if j < i { &head[j * k..(j + 1) * k] } else { &tail[(j - i - 1) * k..(j - i) * k] };
            add_scaled(row, -a[i * n + j], other);
        }
        let pivot = a[i * n + i];
        row.iter_mut().for_each(|v| *v /= pivot);
    }
}
