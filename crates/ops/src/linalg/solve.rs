//! A · X = B

use super::{
    factor::{matrices, narrow, weighted_triangle, wide},
    prelude::*,
};

/// Which matrices: any, or triangular ones.
pub trait System: Debug + Clone + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// Formula and shapes.
    const DOC: &'static str;
    /// Attributes.
    const PARAMS: &'static [Param];
    /// Solves for one `n × k` right side in place.
    fn run(&self, n: usize, k: usize, a: &[f64], b: &mut [f64]);
    /// The part of the gradient of A that counts.
    fn part(&self, graph: &mut Graph, d: Value) -> Result<Value>;
    /// The solution with the transposed matrix.
    fn turned(&self, graph: &mut Graph, a: Value, g: Value) -> Result<Value>;
    /// Attributes of the cases for the laws.
    fn cases() -> &'static [&'static str];
}

/// Any matrix with an inverse.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct General {}

/// A triangular matrix.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triangular {
    #[serde(default)]
    lower: bool,
}

impl System for General {
    const NAME: &'static str = "solve";
    const DOC: &'static str =
        "X with a · X = b, for square matrices a (…, n, n) and b (…, n, k) of the same leading axes.";
    const PARAMS: &'static [Param] = &[];

    fn run(&self, n: usize, k: usize, a: &[f64], b: &mut [f64]) {
        kernels::lu(n, n, a).solve(k, b);
    }

    fn part(&self, _: &mut Graph, d: Value) -> Result<Value> {
        Ok(d)
    }

    fn turned(&self, graph: &mut Graph, a: Value, g: Value) -> Result<Value> {
        let a = super::factor::transposed(graph, a)?;
        graph.apply(Self::NAME, &[a, g])
    }

    fn cases() -> &'static [&'static str] {
        &["{}"]
    }
}

impl System for Triangular {
    const NAME: &'static str = "solve_triangular";
    const DOC: &'static str = "X with a · X = b, for triangular matrices a (…, n, n), of which the other triangle is not read, and b \
        (…, n, k) of the same leading axes.";
    const PARAMS: &'static [Param] = &[param("lower", "boolean", "false", "Whether a is lower triangular.")];

    fn run(&self, n: usize, k: usize, a: &[f64], b: &mut [f64]) {
        kernels::solve_triangular(n, k, a, self.lower, b);
    }

    fn part(&self, graph: &mut Graph, d: Value) -> Result<Value> {
        let (below, above) = if self.lower { (1.0, 0.0) } else { (0.0, 1.0) };
        weighted_triangle(graph, d, below, 1.0, above)
    }

    fn turned(&self, graph: &mut Graph, a: Value, g: Value) -> Result<Value> {
        let a = super::factor::transposed(graph, a)?;
        graph.op(Self::NAME, &serde_json::json!({ "lower": !self.lower }).to_string(), &[a, g])
    }

    fn cases() -> &'static [&'static str] {
        &["{}", r#"{"lower":true}"#]
    }
}

/// A system as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Solve<S: System>(S);

impl<S: System> Op for Solve<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (a, b) = (inputs[0], inputs[1]);
        let (mut batch, n, _) = matrices(S::NAME, a, true)?;
        let (other, rows, columns) = matrices(S::NAME, b, false)?;
        let differ = |(x, y): (&Dim, &Dim)| matches!((x, y), (Some(x), Some(y)) if x != y);
        if batch.len() != other.len() || batch.iter().zip(&other).any(differ) || differ((&n, &rows)) {
            return Err(Error::value(format!("{}: {b} is no right side for {a}.", S::NAME)));
        }
        batch.iter_mut().zip(&other).for_each(|(x, y)| *x = x.or(*y));
        Ok(vec![Spec::new(b.dtype, batch.into_iter().chain([n.or(rows), columns]))])
    }

    /// B̄ = A⁻ᵀ ḡ, Ā = −B̄ Xᵀ
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, a, x) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        let db = self.0.turned(cx.graph, a, g)?;
        let da = cx.graph.matmul(db, x, false, true)?;
        let da = cx.graph.neg(da)?;
        Ok(vec![Some(self.0.part(cx.graph, da)?), Some(db)])
    }
}

impl<S: System> Lower for Solve<S> {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let b = inputs[1].dims(S::NAME)?;
        let (n, k) = (b[b.len() - 2], b[b.len() - 1]);
        let count: usize = b[..b.len() - 2].iter().product();
        let system = self.0.clone();
        Ok(Lowered::Kernel(for_dtype!(float, S::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (a, b, out) = unsafe {
                (io.input::<T>(0, count * n * n), io.input::<T>(1, count * n * k), io.output::<T>(0, count * n * k))
            };
            for i in 0..count {
                let mut x = wide(&b[i * n * k..(i + 1) * n * k]);
                system.run(n, k, &wide(&a[i * n * n..(i + 1) * n * n]), &mut x);
                narrow(&mut out[i * n * k..(i + 1) * n * k], &x);
            }
        }))))
    }
}

impl<S: System> Define for Solve<S> {
    const NAME: &'static str = S::NAME;
    const DOC: &'static str = S::DOC;
    const INPUTS: &'static [&'static str] = &["a", "b"];
    const PARAMS: &'static [Param] = S::PARAMS;
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let shapes: [(&[usize], &[usize]); 4] =
            [(&[3, 3], &[3, 2]), (&[2, 4, 4], &[2, 4, 1]), (&[0, 2, 2], &[0, 2, 3]), (&[2, 2], &[2, 0])];
        let case = |attrs: &str, (a, b): (&[usize], &[usize])| super::factor::sample(a, attrs).f32(b, -1.0, 1.0);
        let all = S::cases().iter().flat_map(|attrs| shapes.iter().map(|&s| case(attrs, s)));
        let singular = Sample::new("{}").with(DType::F32, &[2, 2], [1.0, 2.0, 2.0, 0.0]).f32(&[2, 1], -1.0, 1.0);
        all.chain([singular.kink()]).collect()
    }
}
