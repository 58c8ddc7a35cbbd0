//! The gradient of the determinant

use super::{det::scaled, factor::*, prelude::*};

/// The gradient of the determinant
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cofactor {}

impl Factor for Cofactor {
    const NAME: &'static str = "cofactor";
    const DOC: &'static str =
        "The cofactors of square matrices, det(x) · x⁻ᵀ where x has an inverse: the gradient of the determinant.";
    const SQUARE: bool = true;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m, n]
    }

    /// det(U) det(V) U · diag(∏ of the other singular values) · Vᵀ. Source: G. W. Stewart, *On the adjugate matrix*, 1998.
    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        let kernels::Svd { u, s, vt } = kernels::svd(n, n, a, false);
        let sign = (kernels::lu(n, n, &u).determinant() * kernels::lu(n, n, &vt).determinant()).signum();
        for l in 0..n {
            let others: f64 = (0..n).filter(|&k| k != l).map(|k| s[k]).product();
            for i in 0..n {
                (0..n).for_each(|j| out[i * n + j] += sign * others * u[i * n + l] * vt[l * n + j]);
            }
        }
    }

    /// With C = d A⁻ᵀ: (Σ ḡ ∘ C) A⁻ᵀ − A⁻ᵀ ḡᵀ C. Here the matrix must have an inverse.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, x, c) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        let graph = &mut *cx.graph;
        let inverse = graph.apply("inv", &[x])?;
        let inverse = transposed(graph, inverse)?;
        let both = graph.mul(g, c)?;
        let rank = graph.spec(both).rank();
        let sum = graph.sum(both, &[rank - 2, rank - 1], false)?;
        let first = scaled(graph, inverse, sum)?;
        let turned = graph.matmul(inverse, g, false, true)?;
        let second = graph.matmul(turned, c, false, false)?;
        graph.sub(first, second).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let mut all = squares();
        all.push(Sample::new("{}").with(DType::F32, &[2, 2], [1.0, 2.0, 2.0, 4.0]).kink());
        all
    }
}
