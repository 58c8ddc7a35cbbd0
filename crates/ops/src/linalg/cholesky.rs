//! A = L · Lᵀ

use super::{factor::*, prelude::*};

/// A = L · Lᵀ
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cholesky {}

impl Factor for Cholesky {
    const NAME: &'static str = "cholesky";
    const DOC: &'static str = "The lower triangular L with L · Lᵀ = x, for symmetric positive definite matrices; of x the mean with \
        its transpose is taken. NaN where it is not positive definite.";
    const SQUARE: bool = true;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m, n]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&kernels::cholesky(n, a));
    }

    /// L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, made symmetric; Φ takes the lower triangle with half of the diagonal. Source: I. Murray, *Differentiation of
    /// the Cholesky decomposition*, 2016.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, l) = (cx.grad(), cx.outputs[0]);
        let graph = &mut *cx.graph;
        let product = graph.matmul(l, g, true, false)?;
        let phi = weighted_triangle(graph, product, 1.0, 0.5, 0.0)?;
        let inverse = graph.apply("inv", &[l])?;
        let left = graph.matmul(inverse, phi, true, false)?;
        let d = graph.matmul(left, inverse, false, false)?;
        symmetric(graph, d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        squares()
    }
}
