//! The Moore–Penrose inverse

use super::{factor::*, prelude::*};

/// The Moore–Penrose inverse
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinv {
    rcond: f64,
}

impl Factor for Pinv {
    const NAME: &'static str = "pinv";
    const DOC: &'static str =
        "The n × m pseudo-inverse of m × n matrices, without singular values up to `rcond` times the largest.";
    const PARAMS: &'static [Param] =
        &[param("rcond", "number", "", "The least share of the largest singular value that counts.")];
    const SQUARE: bool = false;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![n, m]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&kernels::pinv(m, n, a, self.rcond));
    }

    /// −Pᵀ ḡ Pᵀ + (I − A P) ḡᵀ P Pᵀ + Pᵀ P ḡᵀ (I − P A). Source: Golub & Pereyra, *The differentiation of pseudo-inverses*, 1973.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, a, p) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        let graph = &mut *cx.graph;
        let first = graph.matmul(p, g, true, false)?;
        let first = graph.matmul(first, p, false, true)?;
        let right = graph.matmul(g, p, true, false)?;
        let right = graph.matmul(right, p, false, true)?;
        let along = graph.matmul(a, p, false, false)?;
        let along = graph.matmul(along, right, false, false)?;
        let second = graph.sub(right, along)?;
        let left = graph.matmul(p, p, true, false)?;
        let left = graph.matmul(left, g, false, true)?;
        let along = graph.matmul(left, p, false, false)?;
        let along = graph.matmul(along, a, false, false)?;
        let third = graph.sub(left, along)?;
        let sum = graph.add(second, third)?;
        graph.sub(sum, first).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let attrs = r#"{"rcond":1e-6}"#;
        let singular = Sample::new(attrs).with(DType::F32, &[2, 2], [1.0, 2.0, 2.0, 4.0]);
        let shapes: [&[usize]; 5] = [&[3, 3], &[4, 2], &[2, 2, 3], &[0, 3], &[2, 0]];
        shapes.iter().map(|s| sample(s, attrs)).chain([singular.kink()]).collect()
    }
}
