//! (softmax(x) − one_hot(labels)) · g

use super::{labels::*, prelude::*};
use crate::gradients::through_expansion;

/// (softmax(x) − one_hot(labels)) · g
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SparseSoftmaxCrossEntropyGradient(Ignoring);

impl Op for SparseSoftmaxCrossEntropyGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let shape = self.0.rows(Self::NAME, inputs[0], inputs[1])?;
        let g = inputs[2];
        if g.dtype != inputs[1].dtype || unify(&g.shape, &shape).is_none() {
            return Err(Error::value(format!("{}: the gradient {g} is not one number for each row.", Self::NAME)));
        }
        Ok(vec![inputs[1].clone()])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let masks = self.0.masks(graph, inputs[0], inputs[1])?;
            let p = graph.apply("softmax", &[inputs[1]])?;
            let hot = graph.cast(masks.hit, graph.spec(p).dtype)?;
            let slope = graph.sub(p, hot)?;
            let (zero, nan) = (graph.number(0.0, p)?, graph.number(f64::NAN, p)?);
            let g = graph.select(masks.outside, nan, inputs[2])?;
            let ignored = graph.op("expand_dims", r#"{"axis":-1}"#, &[masks.ignored])?;
            let g = graph.op("expand_dims", r#"{"axis":-1}"#, &[g])?;
            let d = graph.mul(slope, g)?;
            graph.select(ignored, zero, d).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        through_expansion(self, cx)
    }
}

impl Lower for SparseSoftmaxCrossEntropyGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let (dims, index) = (inputs[1].dims(Self::NAME)?, inputs[0].dtype);
        let (classes, rows) = (dims[dims.len() - 1], dims[..dims.len() - 1].iter().product::<usize>());
        let ignoring = self.0.clone();
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[1].dtype, T => Kernel::new(move |io| {
            let len = rows * classes;
            // SAFETY: the plan gives buffers of these specs.
            let (x, g, out) = unsafe { (io.input::<T>(1, len), io.input::<T>(2, rows), io.output::<T>(0, len)) };
            let labels = io.inputs[0] as usize;
            for_rows(io.pool, out, classes, 4 * classes, #[inline(always)] |i, out| {
                // SAFETY: there is one label for each row.
                match unsafe { ignoring.label(labels as *const u8, index, i, classes) } {
                    Label::Ignored => out.fill(0.0),
                    Label::Outside => out.fill(T::NAN),
                    Label::Class(c) => {
                        let (_, sum) = exponentials(&x[i * classes..(i + 1) * classes], out);
                        let scale = 1.0 / sum;
                        out.iter_mut().for_each(|o| *o *= scale);
                        out[c] -= 1.0;
                        out.iter_mut().for_each(|o| *o *= g[i]);
                    }
                }
            });
        }))))
    }
}

impl Define for SparseSoftmaxCrossEntropyGradient {
    const NAME: &'static str = "sparse_softmax_cross_entropy_gradient";
    const DOC: &'static str = "The gradient of sparse_softmax_cross_entropy for its logits, (softmax(logits) − one_hot(labels)) · g, \
        g being one number for each row.";
    const INPUTS: &'static [&'static str] = &["labels", "logits", "g"];
    const PARAMS: &'static [Param] = &[IGNORE_CLASS];

    fn samples() -> Vec<Sample> {
        samples()
            .into_iter()
            .map(|s| {
                let rows = s.inputs[0].shape.clone();
                s.f32(&rows, -1.0, 1.0)
            })
            .collect()
    }
}
