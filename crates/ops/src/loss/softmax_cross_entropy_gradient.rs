//! (softmax(x) · Σt − t) · g

use super::{
    labels::unify,
    prelude::*,
    softmax_cross_entropy::{common, samples},
};
use crate::gradients::through_expansion;

/// (softmax(x) · Σt − t) · g
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftmaxCrossEntropyGradient {}

impl Op for SoftmaxCrossEntropyGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (out, g) = (common(Self::NAME, inputs[0], inputs[1])?, inputs[2]);
        if g.dtype != out.dtype || unify(&g.shape, &out.shape[..out.rank() - 1]).is_none() {
            return Err(Error::value(format!("{}: the gradient {g} is not one number for each row.", Self::NAME)));
        }
        Ok(vec![out])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let p = graph.apply("softmax", &[inputs[1]])?;
            let weight = graph.op("sum", r#"{"axis":-1,"keepdims":true}"#, &[inputs[0]])?;
            let share = graph.mul(p, weight)?;
            let slope = graph.sub(share, inputs[0])?;
            let g = graph.op("expand_dims", r#"{"axis":-1}"#, &[inputs[2]])?;
            graph.mul(slope, g).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        through_expansion(self, cx)
    }
}

impl Lower for SoftmaxCrossEntropyGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let dims = inputs[1].dims(Self::NAME)?;
        let (classes, rows) = (dims[dims.len() - 1], dims[..dims.len() - 1].iter().product::<usize>());
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[1].dtype, T => Kernel::new(move |io| {
            let len = rows * classes;
            // SAFETY: the plan gives buffers of these specs.
            let (t, x, g, out) =
                unsafe { (io.input::<T>(0, len), io.input::<T>(1, len), io.input::<T>(2, rows), io.output::<T>(0, len)) };
            for_rows(io.pool, out, classes, 4 * classes, #[inline(always)] |i, out| {
                let row = i * classes..(i + 1) * classes;
                let t = &t[row.clone()];
                let (_, sum) = exponentials(&x[row], out);
                let scale = t.iter().sum::<T>() / sum;
                for (o, &t) in out.iter_mut().zip(t) {
                    *o = (*o * scale - t) * g[i];
                }
            });
        }))))
    }
}

impl Define for SoftmaxCrossEntropyGradient {
    const NAME: &'static str = "softmax_cross_entropy_gradient";
    const DOC: &'static str = "The gradient of softmax_cross_entropy for its logits, (softmax(logits) · Σt − t) · g, g being one \
        number for each row.";
    const INPUTS: &'static [&'static str] = &["target", "logits", "g"];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        samples()
            .into_iter()
            .map(|s| {
                let (_, rows) = s.inputs[0].shape.split_last().expect("logits have an axis of classes");
                let rows = rows.to_vec();
                s.f32(&rows, -1.0, 1.0)
            })
            .collect()
    }
}
