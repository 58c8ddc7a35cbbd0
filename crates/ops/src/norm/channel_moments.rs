//! The mean and variance of each channel

use super::{channel::*, prelude::*};

/// The mean and variance of each channel
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelMoments {
    #[serde(default = "last")]
    axis: i64,
}

impl Op for ChannelMoments {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let axis = channel_axis(Self::NAME, self.axis, inputs[0])?;
        Ok(vec![pairs(inputs[0], axis)])
    }

    fn traits(&self) -> Traits {
        Traits { follows: true, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let x = inputs[0];
            let axis = channel_axis(Self::NAME, self.axis, graph.spec(x))?;
            let attrs = serde_json::json!({ "axis": others(graph.spec(x).rank(), axis) }).to_string();
            let (mean, variance) = (graph.op("mean", &attrs, &[x])?, graph.op("var", &attrs, &[x])?);
            graph.apply("stack", &[mean, variance]).map(|v| vec![v])
        };
        Some(formula())
    }

    /// (g₀ + 2 · g₁ · (x − mean)) / n
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x, moments) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        let axis = channel_axis(Self::NAME, self.axis, cx.input(0))?;
        let dims = cx.input(0).dims(Self::NAME)?;
        let n: usize = others(dims.len(), axis).iter().map(|&i| dims[i]).product();
        let graph = &mut *cx.graph;
        let g = graph.scale(g, 1.0 / n as f64)?;
        let mut parts = vec![];
        for (pair, i) in [(g, 0), (g, 1), (moments, 0)] {
            let vector = part(graph, pair, i)?;
            parts.push(spread(graph, vector, x, axis)?);
        }
        let distance = graph.sub(x, parts[2])?;
        let slope = graph.scale(parts[1], 2.0)?;
        let along = graph.mul(distance, slope)?;
        Ok(vec![Some(graph.add(along, parts[0])?)])
    }
}

impl Lower for ChannelMoments {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let axis = channel_axis(Self::NAME, self.axis, inputs[0])?;
        let channels = channels(Self::NAME, inputs[0], axis)?;
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => channels.moments::<T>())))
    }
}

impl Define for ChannelMoments {
    const NAME: &'static str = "channel_moments";
    const DOC: &'static str = "The mean and the variance (divided by n) of each channel: (2, channels).";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[AXIS];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        samples()
    }
}

/// Channels at the end, in the middle and at the front; more rows than one part has; one element; none.
pub fn samples() -> Vec<Sample> {
    vec![
        Sample::new("{}").f32(&[5, 3], -2.0, 2.0),
        Sample::new("{}").f32(&[2, 3, 2, 4], 5.0, 6.0),
        Sample::new(r#"{"axis":1}"#).f32(&[3, 2, 19], -2.0, 2.0),
        Sample::new(r#"{"axis":0}"#).f32(&[2, 35], -2.0, 2.0),
        Sample::new("{}").f32(&[300, 2], -2.0, 2.0),
        Sample::new("{}").f32(&[1, 2], -2.0, 2.0),
        Sample::new("{}").f32(&[4, 0], -2.0, 2.0),
        Sample::new("{}").f32(&[0, 2], -2.0, 2.0).kink(),
    ]
}
