//! P · A = L · U

use super::{factor::*, prelude::*};

/// P · A = L · U
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LuFactors {}

impl Factor for LuFactors {
    const NAME: &'static str = "lu_factors";
    const DOC: &'static str = "The factors of P · x = L · U in one matrix: U on and above the diagonal, L, whose diagonal is 1, below \
        it. P changes rows as `lu_pivots` says.";
    const SQUARE: bool = false;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m, n]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&kernels::lu(m, n, a).factors);
    }

    /// Pᵀ L⁻ᵀ (strictly lower of Lᵀ L̄ + upper of Ū Uᵀ) U⁻ᵀ for square matrices. Source: S. Walter & L. Lehmann, *Algorithmic
    /// differentiation of linear algebra functions*, 2010.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, x, y) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        let graph = &mut *cx.graph;
        matrices("The gradient of lu_factor", graph.spec(x), true)?;
        let ones = graph.scale(y, 0.0)?;
        let ones = graph.shift(ones, 1.0)?;
        let unit = weighted_triangle(graph, ones, 0.0, 1.0, 0.0)?;
        let l = weighted_triangle(graph, y, 1.0, 0.0, 0.0)?;
        let l = graph.add(l, unit)?;
        let u = weighted_triangle(graph, y, 0.0, 1.0, 1.0)?;
        let (gl, gu) = (weighted_triangle(graph, g, 1.0, 0.0, 0.0)?, weighted_triangle(graph, g, 0.0, 1.0, 1.0)?);
        let low = graph.matmul(l, gl, true, false)?;
        let low = weighted_triangle(graph, low, 1.0, 0.0, 0.0)?;
        let high = graph.matmul(gu, u, false, true)?;
        let high = weighted_triangle(graph, high, 0.0, 1.0, 1.0)?;
        let inner = graph.add(low, high)?;
        let (li, ui) = (graph.apply("inv", &[l])?, graph.apply("inv", &[u])?);
        let left = graph.matmul(li, inner, true, false)?;
        let d = graph.matmul(left, ui, false, true)?;
        let rows = graph.apply("lu_permutation", &[x])?;
        // Row i of P · x is row rows[i] of x, and so are the gradients.
        let permutation = rows_as_matrix(graph, rows, d)?;
        graph.matmul(permutation, d, true, false).map(Some)
    }

    fn samples() -> Vec<Sample> {
        let mut all = squares();
        all.push(Sample::new("{}").with(DType::F32, &[3, 3], [0.1, 2.0, 0.3, 3.0, 0.5, 0.7, -1.0, 0.2, 4.0]));
        all
    }
}

/// The matrix whose row i is 1 at column rows[i].
fn rows_as_matrix(graph: &mut Graph, rows: Value, like: Value) -> Result<Value> {
    let spec = graph.spec(like).clone();
    let Some(n) = spec.shape[spec.rank() - 1] else {
        return Err(Error::unsupported("The gradient of lu_factor needs matrices of known size."));
    };
    let attrs = serde_json::json!({ "num_classes": n, "dtype": spec.dtype.name() }).to_string();
    graph.op("one_hot", &attrs, &[rows])
}

/// The exchanges of rows
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LuPivots {}

impl Factor for LuPivots {
    const NAME: &'static str = "lu_pivots";
    const DOC: &'static str =
        "The exchanges of rows that `lu_factors` makes: row i with row pivots[i], one after the other (int32).";
    const SQUARE: bool = false;
    const DTYPE: Option<DType> = Some(DType::I32);

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        vec![m.and_then(|m| n.map(|n| m.min(n)))]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(kernels::lu(m, n, a).pivots).for_each(|(o, p)| *o = p as f64);
    }

    fn derivative(&self, _: &mut Vjp<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    fn samples() -> Vec<Sample> {
        vec![sample(&[2, 3, 3], "{}"), sample(&[2, 4], "{}"), sample(&[4, 2], "{}"), sample(&[0, 3], "{}")]
    }
}

/// The order of rows after the exchanges
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LuPermutation {}

impl Factor for LuPermutation {
    const NAME: &'static str = "lu_permutation";
    const DOC: &'static str =
        "The order in which `lu_factors` takes the rows of x: row i of P · x is row permutation[i] of x (int32).";
    const SQUARE: bool = false;
    const DTYPE: Option<DType> = Some(DType::I32);

    fn shape(&self, m: Dim, _: Dim) -> Vec<Dim> {
        vec![m]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        out.iter_mut().enumerate().for_each(|(i, o)| *o = i as f64);
        for (i, p) in kernels::lu(m, n, a).pivots.into_iter().enumerate() {
            out.swap(i, p);
        }
    }

    fn derivative(&self, _: &mut Vjp<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    fn samples() -> Vec<Sample> {
        LuPivots::samples()
    }
}
