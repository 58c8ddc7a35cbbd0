//! The gradients of q, k and v under `attention`

use super::{attention::Attention, prelude::*};
use crate::gradients::{gradients, through_expansion};

/// The gradients of q, k and v under `attention`
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttentionGradient(Attention);

impl Op for AttentionGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let [q, k, v] = self.0.check(Self::NAME, &inputs[..4], inputs.get(4).copied())?;
        let result = [q.shape[0], q.shape[1], q.shape[2], v.shape[3]];
        if unify(&result, &inputs[3].shape).is_none() {
            let (g, result) = (format_shape(&inputs[3].shape), format_shape(&result));
            return Err(Error::value(format!(
                "{}: expected a gradient of shape {result}, but received {g}.",
                Self::NAME
            )));
        }
        Ok(vec![q, k, v])
    }

    /// The scores again, and the gradients of q and k; those of the probabilities and of v.
    fn flops(&self, inputs: &[&Spec], _: &[&Spec]) -> f64 {
        self.0.products(inputs, 3.0, 2.0)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let (g, operands) = (inputs[3], [&inputs[..3], &inputs[4..]].concat());
            let out = self.0.expand(graph, &operands).expect("it has an expansion")?;
            let found = gradients(graph, &out, &[Some(g)], &inputs[..3])?;
            found.into_iter().zip(inputs).map(|(d, &x)| d.map_or_else(|| graph.scale(x, 0.0), Ok)).collect()
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        through_expansion(self, cx)
    }
}

impl Lower for AttentionGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let heads = self.0.heads(Self::NAME, inputs, inputs.get(4).copied())?;
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => heads.backward::<T>())))
    }
}

impl Define for AttentionGradient {
    const NAME: &'static str = "attention_gradient";
    const DOC: &'static str =
        "The gradients of q, k and v under attention, from that of its result. The scores are computed again.";
    const INPUTS: &'static [&'static str] = &["q", "k", "v", "g", "bias?"];
    const PARAMS: &'static [Param] = Attention::PARAMS;
    const PROMOTE: Promote = Promote::None;

    fn samples() -> Vec<Sample> {
        let with = |(mut s, b): (Sample, Sample)| {
            let (q, values) = (s.inputs[0].shape.clone(), s.inputs[2].shape[3]);
            s = s.f32(&[q[0], q[1], q[2], values], -1.0, 1.0);
            let mut biased = s.clone();
            biased.inputs.push(b.inputs[3].clone());
            [s, biased]
        };
        Attention::samples(false).into_iter().zip(Attention::samples(true)).flat_map(with).collect()
    }
}
