//! Sign and logarithm of the determinant

use super::{det::scaled, factor::*, prelude::*};

/// Sign and logarithm of the determinant
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignLogDet {}

impl Factor for SignLogDet {
    const NAME: &'static str = "sign_log_det";
    const DOC: &'static str = "The signs of the determinants of square matrices and the logarithms of their absolute values, on a last \
        axis of length 2.";
    const SQUARE: bool = true;

    fn shape(&self, _: Dim, _: Dim) -> Vec<Dim> {
        vec![Some(2)]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        (out[0], out[1]) = kernels::lu(n, n, a).sign_and_log();
    }

    /// Of the logarithm A⁻ᵀ, of the sign 0.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let g = part(cx.graph, g, 1, 1, Some(1))?;
        let shape = cx.graph.spec(g).shape.clone();
        let g = cx.graph.reshape(g, &shape[..shape.len() - 1])?;
        let inverse = cx.graph.apply("inv", &[x])?;
        let inverse = transposed(cx.graph, inverse)?;
        scaled(cx.graph, inverse, g).map(Some)
    }

    fn samples() -> Vec<Sample> {
        squares()
    }
}
