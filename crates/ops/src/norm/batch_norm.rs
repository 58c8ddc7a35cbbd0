//! (x − mean) / √(variance + ε) · γ + β of each channel

use super::{channel::*, channel_moments, channel_sums::with_moments, prelude::*};

/// (x − mean) / √(variance + ε) · γ + β of each channel
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchNorm {
    #[serde(default = "last")]
    axis: i64,
    epsilon: f64,
}

impl BatchNorm {
    /// 1 / √(variance + ε)
    fn inverse(&self, graph: &mut Graph, moments: Value) -> Result<Value> {
        let variance = part(graph, moments, 1)?;
        let shifted = graph.shift(variance, self.epsilon)?;
        graph.apply("rsqrt", &[shifted])
    }
}

impl Op for BatchNorm {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let x = inputs[0];
        let axis = channel_axis(Self::NAME, self.axis, x)?;
        check_pairs(Self::NAME, x, axis, inputs[1])?;
        for (name, v) in [("gamma", inputs[2]), ("beta", inputs[3])] {
            if v.dtype != x.dtype || unify(&v.shape, &x.shape[axis..=axis]).is_none() {
                return Err(Error::value(format!(
                    "{}: {name} must be one number for each channel of {x}, but is {v}.",
                    Self::NAME
                )));
            }
        }
        Ok(vec![x.clone()])
    }

    /// The planner takes the expansion, which fuses with what follows; the op is there for its derivative.
    fn traits(&self) -> Traits {
        Traits { open: true, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let x = inputs[0];
            let axis = channel_axis(Self::NAME, self.axis, graph.spec(x))?;
            let (mean, inverse) = (part(graph, inputs[1], 0)?, self.inverse(graph, inputs[1])?);
            let scale = graph.mul(inverse, inputs[2])?;
            let mut vectors = vec![];
            for v in [mean, scale, inputs[3]] {
                vectors.push(spread(graph, v, x, axis)?);
            }
            let centered = graph.sub(x, vectors[0])?;
            let scaled = graph.mul(centered, vectors[1])?;
            graph.add(scaled, vectors[2]).map(|v| vec![v])
        };
        Some(formula())
    }

    /// All of it is made of Σ g and Σ g · (x − mean), for which x and g are read once.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x, moments, gamma) = (cx.grad(), cx.inputs[0], cx.inputs[1], cx.inputs[2]);
        let axis = channel_axis(Self::NAME, self.axis, cx.input(0))?;
        let graph = &mut *cx.graph;
        let inverse = self.inverse(graph, moments)?;
        let scale = graph.mul(inverse, gamma)?;
        let mut out = vec![None; 4];
        if cx.needs[0] {
            let scale = spread(graph, scale, x, axis)?;
            out[0] = Some(graph.mul(g, scale)?);
        }
        if cx.needs[1..].iter().any(|&n| n) {
            let attrs = serde_json::json!({ "axis": self.axis }).to_string();
            let sums = graph.op("channel_sums", &attrs, &[g, x, moments])?;
            let (sum, product) = (part(graph, sums, 0)?, part(graph, sums, 1)?);
            let toward = graph.mul(product, inverse)?;
            if cx.needs[1] {
                let mean = graph.mul(sum, scale)?;
                let mean = graph.neg(mean)?;
                let square = graph.mul(inverse, inverse)?;
                let variance = graph.mul(product, square)?;
                let variance = graph.mul(variance, scale)?;
                let variance = graph.scale(variance, -0.5)?;
                out[1] = Some(graph.apply("stack", &[mean, variance])?);
            }
            (out[2], out[3]) = (Some(toward), Some(sum));
        }
        Ok(out)
    }
}

impl Lower for BatchNorm {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let axis = channel_axis(Self::NAME, self.axis, inputs[0])?;
        let shape = channels(Self::NAME, inputs[0], axis)?;
        let (c, inner, len) = (shape.channels, shape.inner, shape.outer * shape.channels * shape.inner);
        let epsilon = self.epsilon;
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, moments, gamma, beta, out) = unsafe {
                (io.input::<T>(0, len), io.input::<T>(1, 2 * c), io.input::<T>(2, c), io.input::<T>(3, c), io.output::<T>(0, len))
            };
            for (i, (x, out)) in x.chunks_exact(inner.max(1)).zip(out.chunks_exact_mut(inner.max(1))).enumerate() {
                let k = i % c;
                let scale = 1.0 / Real::sqrt(moments[c + k] + epsilon as T) * gamma[k];
                for (o, &v) in out.iter_mut().zip(x) {
                    *o = (v - moments[k]) * scale + beta[k];
                }
            }
        }))))
    }
}

impl Define for BatchNorm {
    const NAME: &'static str = "batch_norm";
    const DOC: &'static str = "(x − mean) / √(variance + `epsilon`) · gamma + beta of each channel, where `moments` (2, channels) are the \
        means and the variances; gamma and beta are (channels).";
    const INPUTS: &'static [&'static str] = &["x", "moments", "gamma", "beta"];
    const PARAMS: &'static [Param] = &[AXIS, param("epsilon", "number", "", "Added to the variances.")];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let mut samples = channel_moments::samples();
        for s in &mut samples {
            s.attrs =
                s.attrs.replace('}', if s.attrs == "{}" { r#""epsilon":0.001}"# } else { r#","epsilon":0.001}"# });
        }
        with_moments(samples, |s, _, c| s.f32(&[c], 0.5, 1.5).f32(&[c], -1.0, 1.0))
    }
}
