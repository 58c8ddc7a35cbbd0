//! A = U · diag(s) · Vᵀ

use super::{factor::*, prelude::*};

/// A = U · diag(s) · Vᵀ
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Svd {
    #[serde(default)]
    full: bool,
}

impl Factor for Svd {
    const NAME: &'static str = "svd_packed";
    const DOC: &'static str = "Of m × n matrices the singular value decomposition U · diag(s) · Vᵀ, as the rows of one (1 + m + n) × k \
        matrix: s in descending order, U (m × k), V (n × k); k is the lesser of m and n. Full: k is the larger, and what U, s or V have \
        not is 0.";
    const PARAMS: &'static [Param] =
        &[param("full", "boolean", "false", "Whether U and V are bases of the whole spaces.")];
    const SQUARE: bool = false;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        let both = m.and_then(|m| n.map(|n| (1 + m + n, if self.full { m.max(n) } else { m.min(n) })));
        vec![both.map(|b| b.0), both.map(|b| b.1)]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        let kernels::Svd { u, s, vt } = kernels::svd(m, n, a, self.full);
        let (least, most) = (m.min(n), m.max(n));
        let (k, p, q) = if self.full { (most, m, n) } else { (least, least, least) };
        if k == 0 {
            return;
        }
        out[..least].copy_from_slice(&s);
        for (i, row) in out[k..(1 + m) * k].chunks_exact_mut(k).enumerate() {
            row[..p].copy_from_slice(&u[i * p..(i + 1) * p]);
        }
        for (j, row) in out[(1 + m) * k..].chunks_exact_mut(k).enumerate() {
            (0..q).for_each(|l| row[l] = vt[l * n + j]);
        }
    }

    /// Source: J. Townsend, *Differentiating the singular value decomposition*, 2016.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let (_, Some(m), Some(n)) = matrices(Self::NAME, cx.input(0), false)? else {
            return Err(Error::unsupported("svd: the gradient needs matrices of known size."));
        };
        if self.full && m != n {
            return Err(Error::unsupported("svd: there is a gradient for fullMatrices: false only."));
        }
        let graph = &mut *cx.graph;
        let parts = |graph: &mut Graph, x: Value| -> Result<[Value; 3]> {
            Ok([part(graph, x, 2, 0, Some(1))?, part(graph, x, 2, 1, Some(m))?, part(graph, x, 2, 1 + m, Some(n))?])
        };
        let ([s, u, v], [gs, gu, gv]) = (parts(graph, y)?, parts(graph, g)?);
        let column = transposed(graph, s)?;
        let (high, low) = (graph.mul(s, s)?, graph.mul(column, column)?);
        let gap = graph.sub(high, low)?;
        let ones = graph.scale(gap, 0.0)?;
        let ones = graph.shift(ones, 1.0)?;
        let diagonal = weighted_triangle(graph, ones, 0.0, 1.0, 0.0)?;
        let safe = graph.add(gap, diagonal)?;
        let turned = |graph: &mut Graph, x: Value, gx: Value| {
            let inner = graph.matmul(x, gx, true, false)?;
            let other = transposed(graph, inner)?;
            let inner = graph.sub(inner, other)?;
            graph.div(inner, safe)
        };
        let left = turned(graph, u, gu)?;
        let left = graph.mul(left, s)?;
        let right = turned(graph, v, gv)?;
        let right = graph.mul(right, column)?;
        let middle = graph.add(left, right)?;
        let values = graph.mul(diagonal, gs)?;
        let middle = graph.add(middle, values)?;
        let d = graph.matmul(u, middle, false, false)?;
        let mut d = graph.matmul(d, v, false, true)?;
        // What lies outside of the spans of U and V.
        let outside = |graph: &mut Graph, x: Value, gx: Value| {
            let inner = graph.matmul(x, gx, true, false)?;
            let along = graph.matmul(x, inner, false, false)?;
            let rest = graph.sub(gx, along)?;
            graph.div(rest, s)
        };
        if m > n {
            let rest = outside(graph, u, gu)?;
            let rest = graph.matmul(rest, v, false, true)?;
            d = graph.add(d, rest)?;
        }
        if n > m {
            let rest = outside(graph, v, gv)?;
            let rest = graph.matmul(u, rest, false, true)?;
            d = graph.add(d, rest)?;
        }
        Ok(Some(d))
    }

    fn samples() -> Vec<Sample> {
        let mut all = squares();
        all.push(sample(&[3, 2], "{}"));
        all.push(sample(&[2, 2, 4], "{}"));
        all.push(sample(&[3, 3], r#"{"full":true}"#));
        all
    }
}
