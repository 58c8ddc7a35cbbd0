//! The determinant

use super::{factor::*, prelude::*};

/// The determinant
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Det {}

impl Factor for Det {
    const NAME: &'static str = "det";
    const DOC: &'static str = "The determinants of square matrices.";
    const SQUARE: bool = true;

    fn shape(&self, _: Dim, _: Dim) -> Vec<Dim> {
        vec![]
    }

    fn run(&self, _: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out[0] = kernels::lu(n, n, a).determinant();
    }

    /// The cofactors, which singular matrices have too.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let cofactors = cx.graph.apply("cofactor", &[x])?;
        scaled(cx.graph, cofactors, g).map(Some)
    }

    fn samples() -> Vec<Sample> {
        squares()
    }
}

/// Matrices times one number each.
pub fn scaled(graph: &mut Graph, matrices: Value, numbers: Value) -> Result<Value> {
    let mut shape = graph.spec(numbers).shape.clone();
    shape.extend([Some(1), Some(1)]);
    let numbers = graph.reshape(numbers, &shape)?;
    graph.mul(matrices, numbers)
}
