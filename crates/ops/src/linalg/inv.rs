//! A⁻¹

use super::{factor::*, prelude::*};

/// A⁻¹
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inv {}

impl Factor for Inv {
    const NAME: &'static str = "inv";
    const DOC: &'static str = "The inverses of square matrices; infinities and NaN where there is none.";
    const SQUARE: bool = true;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m, n]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        (0..n).for_each(|i| out[i * n + i] = 1.0);
        kernels::lu(n, n, a).solve(n, out);
    }

    /// −A⁻ᵀ ḡ A⁻ᵀ
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let left = cx.graph.matmul(y, g, true, false)?;
        let d = cx.graph.matmul(left, y, false, true)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        squares()
    }
}
