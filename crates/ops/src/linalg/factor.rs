//! What the decompositions of matrices share: batches, dtypes, and the algebra of their derivatives.

use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, for_dtype};
use kerosene_ir::{DType, Dim, Error, Graph, Op, Result, Shape, Spec, Value, Vjp};
use kerosene_kernels::{Kernel, math::Real};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// What the file of such an op has to say; its fields are its attributes. It computes in float64, one matrix after the other.
pub trait Factor: Debug + Clone + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// Formula, shapes, source.
    const DOC: &'static str;
    /// Attributes.
    const PARAMS: &'static [Param] = &[];
    /// Whether the matrix must be square.
    const SQUARE: bool;
    /// The dtype of the result where it is not the matrix's.
    const DTYPE: Option<DType> = None;
    /// The axes that take the place of the matrix's.
    fn shape(&self, m: Dim, n: Dim) -> Vec<Dim>;
    /// The result for one `m × n` matrix.
    fn run(&self, m: usize, n: usize, a: &[f64], out: &mut [f64]);
    /// The gradient of the matrix.
    fn derivative(&self, cx: &mut Vjp<'_>) -> Result<Option<Value>>;
    /// Cases for the laws.
    fn samples() -> Vec<Sample>;
}

/// A decomposition as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Factored<F: Factor>(F);

impl<F: Factor> Op for Factored<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (batch, m, n) = matrices(F::NAME, inputs[0], F::SQUARE)?;
        let dtype = F::DTYPE.unwrap_or(inputs[0].dtype);
        Ok(vec![Spec::new(dtype, batch.into_iter().chain(self.0.shape(m, n)))])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        self.0.derivative(cx).map(|d| vec![d])
    }
}

/// The batch axes of a tensor and the lengths of its last two.
pub fn matrices(who: &str, x: &Spec, square: bool) -> Result<(Shape, Dim, Dim)> {
    let kind = if square { "square matrices" } else { "matrices" };
    let bad = || Error::value(format!("{who}: expected {kind} on the last two axes, but got {x}."));
    let at = x.rank().checked_sub(2).ok_or_else(bad)?;
    let (mut m, mut n) = (x.shape[at], x.shape[at + 1]);
    if square {
        if matches!((m, n), (Some(m), Some(n)) if m != n) {
            return Err(bad());
        }
        (m, n) = (m.or(n), n.or(m));
    }
    Ok((x.shape[..at].into(), m, n))
}

impl<F: Factor> Lower for Factored<F> {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (x, total) = (inputs[0].dims(F::NAME)?, outputs[0].len().unwrap_or(0));
        let (m, n) = (x[x.len() - 2], x[x.len() - 1]);
        let count: usize = x[..x.len() - 2].iter().product();
        let (each, factor) = (total / count.max(1), self.0.clone());
        let integers = F::DTYPE == Some(DType::I32);
        Ok(Lowered::Kernel(for_dtype!(float, F::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let x = unsafe { io.input::<T>(0, count * m * n) };
            let mut result = vec![0.0f64; each];
            for i in 0..count {
                result.fill(0.0);
                factor.run(m, n, &wide(&x[i * m * n..(i + 1) * m * n]), &mut result);
                if integers {
                    // SAFETY: as above.
                    let out = unsafe { io.output::<i32>(0, total) };
                    out[i * each..(i + 1) * each].iter_mut().zip(&result).for_each(|(o, &v)| *o = v as i32);
                } else {
                    // SAFETY: as above.
                    let out = unsafe { io.output::<T>(0, total) };
                    narrow(&mut out[i * each..(i + 1) * each], &result);
                }
            }
        }))))
    }
}

impl<F: Factor> Define for Factored<F> {
    const NAME: &'static str = F::NAME;
    const DOC: &'static str = F::DOC;
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = F::PARAMS;
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        F::samples()
    }
}

/// Elements as the float64 they are computed in.
pub fn wide<T: Copy + Into<f64>>(x: &[T]) -> Vec<f64> {
    x.iter().map(|&v| v.into()).collect()
}

/// The reverse.
pub fn narrow<T: Real>(to: &mut [T], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, &v)| *to = T::from_f64(v));
}

/// The last two axes swapped.
pub fn transposed(graph: &mut Graph, x: Value) -> Result<Value> {
    let rank = graph.spec(x).rank();
    let mut axes: Vec<usize> = (0..rank).collect();
    axes.swap(rank - 2, rank - 1);
    graph.transpose(x, &axes)
}

/// `size` elements of an axis counted from the end, from `start` on.
pub fn part(graph: &mut Graph, x: Value, from_end: usize, start: usize, size: Dim) -> Result<Value> {
    let shape = graph.spec(x).shape.clone();
    let at = shape.len() - from_end;
    let starts: Vec<usize> = (0..shape.len()).map(|i| if i == at { start } else { 0 }).collect();
    let sizes: Vec<Dim> = (0..shape.len()).map(|i| if i == at { size } else { shape[i] }).collect();
    graph.op("slice", &serde_json::json!({ "start": starts, "size": sizes }).to_string(), &[x])
}

/// x times 1 below the diagonal, `diagonal` on it and `above` above it.
pub fn weighted_triangle(graph: &mut Graph, x: Value, below: f64, diagonal: f64, above: f64) -> Result<Value> {
    let spec = graph.spec(x).clone();
    let (_, m, n) = matrices("triangle", &spec, false)?;
    let (Some(m), Some(n)) = (m, n) else {
        return Err(Error::unsupported("The gradient of a decomposition needs matrices of known size."));
    };
    let weight = |at: usize| match (at / n).cmp(&(at % n)) {
        std::cmp::Ordering::Greater => below,
        std::cmp::Ordering::Equal => diagonal,
        std::cmp::Ordering::Less => above,
    };
    let bytes: Vec<u8> = (0..m * n)
        .map(|at| kerosene_ir::Literal::scalar(spec.dtype, weight(at)))
        .collect::<Result<Vec<_>>>()?
        .iter()
        .flat_map(|l| l.bytes().to_vec())
        .collect();
    let weights = graph.constant(kerosene_ir::Literal::new(spec.dtype, &[m, n], &bytes)?);
    graph.mul(x, weights)
}

/// The mean of x and its transpose.
pub fn symmetric(graph: &mut Graph, x: Value) -> Result<Value> {
    let t = transposed(graph, x)?;
    let sum = graph.add(x, t)?;
    graph.scale(sum, 0.5)
}

/// Matrices for the laws: well apart from singular, no two of their eigenvalues or singular values near each other.
pub fn sample(shape: &[usize], attrs: &str) -> Sample {
    let (m, n) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    let values: Vec<f64> = (0..shape.iter().product::<usize>())
        .map(|i| {
            let (row, column) = (i / n % m.max(1), i % n);
            let noise = (i as f64 * 0.618_034 + 0.137).fract() - 0.5;
            noise + if row == column { 2.0 + 1.5 * row as f64 } else { 0.0 }
        })
        .collect();
    Sample::new(attrs).with(DType::F32, shape, values)
}

/// The square cases.
pub fn squares() -> Vec<Sample> {
    vec![
        sample(&[3, 3], "{}"),
        sample(&[2, 4, 4], "{}"),
        sample(&[1, 1], "{}"),
        sample(&[0, 2, 2], "{}"),
        sample(&[0, 0], "{}"),
        Sample::new("{}").with(DType::F32, &[2, 2], [f64::NAN, 1.0, 1.0, f64::INFINITY]).kink(),
    ]
}
