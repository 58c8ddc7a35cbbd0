//! A = L · Lᵀ

/// The lower triangular factor of a symmetric positive definite matrix, of which the mean with its transpose is taken. NaN where it
/// is not positive definite.
///
/// Source: Golub & Van Loan, *Matrix Computations*, 4th ed., 4.2.5.
pub fn cholesky(n: usize, a: &[f64]) -> Vec<f64> {
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let mean = 0.5 * (a[i * n + j] + a[j * n + i]);
            let rest = mean - super::dot(&l[i * n..i * n + j], &l[j * n..j * n + j]);
            l[i * n + j] = if i == j { rest.sqrt() } else { rest / l[j * n + j] };
        }
        let pivot = l[i * n + i];
        if !(pivot.is_finite() && pivot > 0.0) {
            return vec![f64::NAN; n * n];
        }
    }
    l
}
