//! Eigenvalues and eigenvectors of square matrices

use super::{factor::*, prelude::*};

/// Eigenvalues and eigenvectors of square matrices
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eig {}

impl Factor for Eig {
    const NAME: &'static str = "eig_packed";
    const DOC: &'static str = "Of n × n matrices a (2n + 2) × n matrix: the real parts of the eigenvalues, below them the real parts of \
        the eigenvectors (as columns), then the imaginary parts of both. It has no derivative.";
    const SQUARE: bool = true;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m.map(|m| 2 * m + 2), n]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        let (re, im, vr, vi) = kernels::eig(n, a);
        let parts = [re, vr, im, vi].concat();
        out.copy_from_slice(&parts);
    }

    /// `ops.eig` refuses traced tensors, whose eigenvalues may be complex, so nobody can ask for one.
    fn derivative(&self, _: &mut Vjp<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    fn samples() -> Vec<Sample> {
        squares().into_iter().map(Sample::kink).collect()
    }
}
