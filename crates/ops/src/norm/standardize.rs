//! (x − mean) / √(variance + ε) over the last axes

use super::prelude::*;

/// (x − mean) / √(variance + ε) over the last axes
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standardize {
    #[serde(default = "one")]
    axes: usize,
    epsilon: f64,
    #[serde(default = "yes")]
    center: bool,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

impl Standardize {
    /// Its parameters, and those of its derivative.
    pub const PARAMS: &'static [Param] = &[
        param("axes", "number", "1", "How many of the last axes the mean and variance are taken over."),
        param("epsilon", "number", "", "Added to the variance."),
        param("center", "boolean", "true", "Whether the mean is taken away; if not, the variance is the mean square."),
    ];

    /// Checks x and gives its spec.
    pub fn check(&self, who: &str, x: &Spec) -> Result<Spec> {
        if !x.dtype.is_float() {
            return Err(Error::dtype(format!("{who}: x must be floating, but is {x}.")));
        }
        if self.axes == 0 || self.axes > x.rank() {
            return Err(Error::value(format!("{who}: x has no {} last axes, but is {x}.", self.axes)));
        }
        Ok(x.clone())
    }

    /// The kernels for an x.
    pub fn standard(&self, who: &str, x: &Spec) -> Result<Standard> {
        let dims = x.dims(who)?;
        let (rows, row) = dims.split_at(dims.len() - self.axes);
        let (epsilon, center) = (self.epsilon, self.center);
        Ok(Standard { rows: rows.iter().product(), n: row.iter().product(), epsilon, center })
    }

    fn mean(&self, graph: &mut Graph, x: Value) -> Result<Value> {
        let rank = graph.spec(x).rank();
        let axis: Vec<usize> = (rank - self.axes..rank).collect();
        graph.op("mean", &serde_json::json!({ "axis": axis, "keepdims": true }).to_string(), &[x])
    }

    /// In other ops: the result, and 1 / √(variance + ε).
    fn formula(&self, graph: &mut Graph, x: Value) -> Result<(Value, Value)> {
        let centered = if self.center {
            let mean = self.mean(graph, x)?;
            graph.sub(x, mean)?
        } else {
            x
        };
        let square = graph.mul(centered, centered)?;
        let variance = self.mean(graph, square)?;
        let shifted = graph.shift(variance, self.epsilon)?;
        let scale = graph.apply("rsqrt", &[shifted])?;
        Ok((graph.mul(centered, scale)?, scale))
    }

    /// The gradient in other ops: (g − mean(g) − y · mean(g · y)) / √(variance + ε).
    pub fn gradient(&self, graph: &mut Graph, x: Value, g: Value) -> Result<Value> {
        let (y, scale) = self.formula(graph, x)?;
        let product = graph.mul(g, y)?;
        let slope = self.mean(graph, product)?;
        let along = graph.mul(y, slope)?;
        let mut rest = graph.sub(g, along)?;
        if self.center {
            let lift = self.mean(graph, g)?;
            rest = graph.sub(rest, lift)?;
        }
        graph.mul(rest, scale)
    }

    /// Cases: several axes, without the mean, rows of one element, none, and a row of equal numbers.
    pub fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"epsilon":0.001}"#).f32(&[3, 5], -2.0, 2.0),
            Sample::new(r#"{"axes":2,"epsilon":0.001}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"epsilon":0.001,"center":false}"#).f32(&[2, 37], 1.0, 2.0),
            Sample::new(r#"{"axes":1,"epsilon":0.5}"#).f32(&[4], -2.0, 2.0),
            Sample::new(r#"{"epsilon":0.1}"#).f32(&[3, 1], -2.0, 2.0),
            Sample::new(r#"{"epsilon":0.1}"#).f32(&[0, 3], -2.0, 2.0),
            Sample::new(r#"{"epsilon":0.1}"#).f32(&[3, 0], -2.0, 2.0),
            Sample::new(r#"{"epsilon":0.1}"#).with(DType::F32, &[2, 2], [3.0, 3.0, 0.0, 0.0]),
        ]
    }
}

impl Op for Standardize {
    fn name(&self) -> &'static str {
        <Self as Define>::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        self.check(self.name(), inputs[0]).map(|x| vec![x])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        Some(self.formula(graph, inputs[0]).map(|(y, _)| vec![y]))
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, attrs) = (cx.grad(), self.attrs());
        Ok(vec![Some(cx.graph.op("standardize_gradient", &attrs, &[cx.inputs[0], g])?)])
    }
}

impl Lower for Standardize {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let standard = self.standard(self.name(), inputs[0])?;
        Ok(Lowered::Kernel(for_dtype!(float, self.name(), inputs[0].dtype, T => standard.forward::<T>())))
    }
}

impl Define for Standardize {
    const NAME: &'static str = "standardize";
    const DOC: &'static str =
        "(x − mean) / √(variance + `epsilon`), with the mean and variance over the last `axes` axes.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = Standardize::PARAMS;
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        Standardize::samples()
    }
}
