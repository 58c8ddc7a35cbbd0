//! A = Q · R

use super::{factor::*, prelude::*};

/// A = Q · R
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qr {
    #[serde(default)]
    complete: bool,
}

impl Factor for Qr {
    const NAME: &'static str = "qr_packed";
    const DOC: &'static str = "Of m × n matrices the orthonormal Q (m × k) beside the transpose of the upper triangular R (k × n), as \
        the rows of one (m + n) × k matrix; k is the lesser of m and n, or m when complete.";
    const PARAMS: &'static [Param] =
        &[param("complete", "boolean", "false", "Whether Q is a basis of the whole space.")];
    const SQUARE: bool = false;

    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim> {
        let both = m.and_then(|m| n.map(|n| (m + n, m.min(n))));
        vec![both.map(|b| b.0), if self.complete { m } else { both.map(|b| b.1) }]
    }

    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]) {
        let (q, r) = kernels::qr(m, n, a, self.complete);
        let k = if self.complete { m } else { m.min(n) };
        out[..m * k].copy_from_slice(&q);
        for (at, o) in out[m * k..].iter_mut().enumerate() {
            *o = r[at % k * n + at / k];
        }
    }

    /// (Q̄ + Q · copyltu(R R̄ᵀ − Q̄ᵀ Q)) R⁻ᵀ, where copyltu copies the lower triangle to the upper. Source: Walter & Lehmann, 2010; Seeger et
    /// al., *Auto-differentiating linear algebra*, 2017.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let (_, m, n) = matrices(Self::NAME, cx.input(0), false)?;
        if m.is_none() || n.is_none() || m < n || (self.complete && m != n) {
            return Err(Error::unsupported("qr: the gradient needs known sizes, rows ≥ columns, and mode 'reduced'."));
        }
        let (m, graph) = (m.unwrap_or(0), &mut *cx.graph);
        let (q, rt) = (part(graph, y, 2, 0, Some(m))?, part(graph, y, 2, m, n)?);
        let (gq, grt) = (part(graph, g, 2, 0, Some(m))?, part(graph, g, 2, m, n)?);
        // R is upper triangular: what came for the zeros below it counts for nothing.
        let grt = weighted_triangle(graph, grt, 1.0, 1.0, 0.0)?;
        let first = graph.matmul(rt, grt, true, false)?;
        let second = graph.matmul(gq, q, true, false)?;
        let inner = graph.sub(first, second)?;
        let low = weighted_triangle(graph, inner, 1.0, 1.0, 0.0)?;
        let strict = weighted_triangle(graph, inner, 1.0, 0.0, 0.0)?;
        let strict = transposed(graph, strict)?;
        let copied = graph.add(low, strict)?;
        let along = graph.matmul(q, copied, false, false)?;
        let sum = graph.add(gq, along)?;
        let inverse = graph.apply("inv", &[rt])?;
        graph.matmul(sum, inverse, false, false).map(Some)
    }

    fn samples() -> Vec<Sample> {
        vec![
            sample(&[3, 3], "{}"),
            sample(&[4, 2], "{}"),
            sample(&[2, 3, 2], "{}"),
            sample(&[3, 3], r#"{"complete":true}"#),
            sample(&[1, 1], "{}"),
            sample(&[0, 2, 2], "{}"),
        ]
    }
}
