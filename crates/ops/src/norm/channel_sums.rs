//! Σ g and Σ g · (x − mean) of each channel

use super::{channel::*, channel_moments, prelude::*};
use crate::gradients::through_expansion;

/// Σ g and Σ g · (x − mean) of each channel
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSums {
    #[serde(default = "last")]
    axis: i64,
}

impl Op for ChannelSums {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (g, x) = (inputs[0], inputs[1]);
        let axis = channel_axis(Self::NAME, self.axis, x)?;
        check_pairs(Self::NAME, x, axis, inputs[2])?;
        match unify(&x.shape, &g.shape) {
            Some(shape) if g.dtype == x.dtype => Ok(vec![pairs(&Spec { dtype: x.dtype, shape }, axis)]),
            _ => Err(Error::value(format!("{}: the gradient {g} is not that of {x}.", Self::NAME))),
        }
    }

    fn traits(&self) -> Traits {
        Traits { follows: true, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let (g, x) = (inputs[0], inputs[1]);
            let rank = graph.spec(x).rank();
            let axis = channel_axis(Self::NAME, self.axis, graph.spec(x))?;
            let mean = part(graph, inputs[2], 0)?;
            let mean = spread(graph, mean, x, axis)?;
            let distance = graph.sub(x, mean)?;
            let product = graph.mul(g, distance)?;
            let sum = graph.sum(g, &others(rank, axis), false)?;
            let product = graph.sum(product, &others(rank, axis), false)?;
            graph.apply("stack", &[sum, product]).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        through_expansion(self, cx)
    }
}

impl Lower for ChannelSums {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let axis = channel_axis(Self::NAME, self.axis, inputs[1])?;
        let channels = channels(Self::NAME, inputs[1], axis)?;
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => channels.sums::<T>())))
    }
}

impl Define for ChannelSums {
    const NAME: &'static str = "channel_sums";
    const DOC: &'static str = "Σ g and Σ g · (x − mean) of each channel, (2, channels), where the means are the first row of `moments`: \
        what the derivative of batch_norm is made of.";
    const INPUTS: &'static [&'static str] = &["g", "x", "moments"];
    const PARAMS: &'static [Param] = &[AXIS];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let swap = |mut s: Sample| {
            s.inputs.rotate_right(1);
            s
        };
        let samples = with_moments(channel_moments::samples(), |s, shape, _| s.f32(shape, -1.0, 1.0));
        samples.into_iter().map(swap).collect()
    }
}

/// Samples with moments, and what `more` adds for the shape of x and its number of channels.
pub fn with_moments(samples: Vec<Sample>, more: impl Fn(Sample, &[usize], usize) -> Sample) -> Vec<Sample> {
    let add = |s: Sample| {
        let shape = s.inputs[0].shape.clone();
        let axis = [0, 1].into_iter().find(|i| s.attrs.contains(&format!(r#""axis":{i}"#))).unwrap_or(shape.len() - 1);
        let channels = shape[axis];
        more(s.f32(&[2, channels], 0.5, 1.5), &shape, channels)
    };
    samples.into_iter().map(add).collect()
}
