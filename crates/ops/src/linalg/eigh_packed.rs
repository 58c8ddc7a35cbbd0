//! Eigenvalues and eigenvectors of symmetric matrices

use super::{factor::*, prelude::*};

/// Eigenvalues and eigenvectors of symmetric matrices
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eigh {}

impl Factor for Eigh {
    const NAME: &'static str = "eigh_packed";
    const DOC: &'static str = "Of symmetric n × n matrices (of x the mean with its transpose is taken) an (n + 1) × n matrix: the first \
        row holds the eigenvalues in ascending order, the columns below them the eigenvectors of length 1.";
    const SQUARE: bool = true;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m.map(|m| m + 1), n]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        let (w, v) = kernels::eigh(n, a);
        out[..n].copy_from_slice(&w);
        out[n..].copy_from_slice(&v);
    }

    /// V (diag(w̄) + F ∘ Vᵀ V̄) Vᵀ, made symmetric, Fᵢⱼ = 1 / (wⱼ − wᵢ). Source: M. Giles, *An extended collection of matrix derivative
    /// results*, 2008, 3.1.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let graph = &mut *cx.graph;
        let n = graph.spec(y).shape[graph.spec(y).rank() - 1];
        let (gw, gv) = (part(graph, g, 2, 0, Some(1))?, part(graph, g, 2, 1, n)?);
        let (w, v) = (part(graph, y, 2, 0, Some(1))?, part(graph, y, 2, 1, n)?);
        let column = transposed(graph, w)?;
        let gap = graph.sub(w, column)?;
        let ones = graph.scale(gap, 0.0)?;
        let ones = graph.shift(ones, 1.0)?;
        let diagonal = weighted_triangle(graph, ones, 0.0, 1.0, 0.0)?;
        let safe = graph.add(gap, diagonal)?;
        let inner = graph.matmul(v, gv, true, false)?;
        let inner = weighted_triangle(graph, inner, 1.0, 0.0, 1.0)?;
        let turned = graph.div(inner, safe)?;
        let values = graph.mul(diagonal, gw)?;
        let inner = graph.add(turned, values)?;
        let left = graph.matmul(v, inner, false, false)?;
        let d = graph.matmul(left, v, false, true)?;
        symmetric(graph, d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        squares()
    }
}
