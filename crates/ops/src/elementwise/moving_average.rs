//! a + (x − a) · rate

use super::prelude::*;
use kerosene_ir::Graph;

/// a + (x − a) · rate
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovingAverage {}

impl Formula for MovingAverage {
    const NAME: &'static str = "moving_average";
    const DOC: &'static str =
        "a + (x − a) · rate, elementwise: how optimizers remember gradients, in one pass over memory.";
    const INPUTS: &'static [&'static str] = &["a", "x", "rate"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => ternary(|a: T, x: T, rate: T| a + (x - a) * rate)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a + (b - a) * c".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let x = cx.inputs[1];
        let slope = if i == 1 { cx.inputs[2] } else { moving_slope(cx, i, x)? };
        cx.graph.mul(cx.grad(), slope).map(Some)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Value>> {
        let step = |graph: &mut Graph| {
            let d = graph.sub(inputs[1], inputs[0])?;
            graph.mul(d, inputs[2])
        };
        Some(step(graph).and_then(|d| graph.add(inputs[0], d)))
    }

    fn samples() -> Vec<Sample> {
        moving_samples()
    }
}

/// The derivative of a + (value − a) · rate by a, or by the rate.
pub(super) fn moving_slope(cx: &mut Vjp<'_>, i: usize, value: Value) -> Result<Value> {
    let (a, rate) = (cx.inputs[0], cx.inputs[2]);
    if i == 0 {
        let one = cx.graph.number(1.0, rate)?;
        return cx.graph.sub(one, rate);
    }
    cx.graph.sub(value, a)
}

/// Cases for an average, a new value and a rate.
pub(super) fn moving_samples() -> Vec<Sample> {
    let odd = [0.0, -0.0, f64::INFINITY, f64::NAN, 1e-40, 3e38];
    vec![
        Sample::new("").f32(&[3, 4], -1.0, 1.0).f32(&[3, 4], -1.0, 1.0).f32(&[], 0.1, 0.2),
        Sample::new("").f32(&[131], -1.0, 1.0).f32(&[131], -1.0, 1.0).f32(&[131], 0.1, 0.2),
        Sample::new("").f32(&[7], -1.0, 1.0).f32(&[2, 1], -1.0, 1.0).f32(&[7], 0.0, 1.0),
        Sample::new("").f32(&[0, 3], -1.0, 1.0).f32(&[3], -1.0, 1.0).f32(&[], 0.1, 0.2),
        Sample::new("").with(DType::F32, &[6], odd).with(DType::F32, &[6], odd).f32(&[], 0.1, 0.2).kink(),
    ]
}
