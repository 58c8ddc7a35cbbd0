//! The cross-entropy of independent yes-or-no logits

use super::prelude::*;
use crate::elementwise::Formula;
use kerosene_kernels::{Lane, binary};

/// The cross-entropy of independent yes-or-no logits
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigmoidCrossEntropy {}

impl Formula for SigmoidCrossEntropy {
    const NAME: &'static str = "sigmoid_cross_entropy";
    const DOC: &'static str = "−t · ln σ(x) − (1 − t) · ln(1 − σ(x)) of targets t and logits x, elementwise with broadcasting, \
        computed as max(x, 0) − x·t + ln(1 + e^−|x|).";
    const INPUTS: &'static [&'static str] = &["target", "logits"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|t: T, x: T| {
            let positive = if x > 0.0 { x } else { 0.0 };
            positive - x * t + Real::softplus(-x.abs())
        })))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("(b > T(0) ? b : T(0)) - b * a + log1p(exp(-fabs(b)))".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, t, x) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let slope = if i == 0 {
            cx.graph.neg(x)?
        } else {
            let p = cx.graph.apply("sigmoid", &[x])?;
            cx.graph.sub(p, t)?
        };
        cx.graph.mul(g, slope).map(Some)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Value>> {
        let (t, x) = (inputs[0], inputs[1]);
        let mut formula = || {
            let positive = graph.apply("relu", &[x])?;
            let product = graph.mul(x, t)?;
            let distance = graph.apply("abs", &[x])?;
            let negative = graph.neg(distance)?;
            let exp = graph.apply("exp", &[negative])?;
            let rest = graph.apply("log1p", &[exp])?;
            let straight = graph.sub(positive, product)?;
            graph.add(straight, rest)
        };
        Some(formula())
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 4], 0.0, 1.0).f32(&[3, 4], -3.0, 3.0),
            Sample::new("").f32(&[3, 1], 0.0, 1.0).f32(&[4], -3.0, 3.0),
            Sample::new("").with(DType::F32, &[3], [0.0, 1.0, 1.0]).with(DType::F32, &[3], [90.0, 90.0, -90.0]),
            Sample::new("").with(DType::I32, &[2], [0.0, 1.0]).f32(&[2], -3.0, 3.0),
            Sample::new("").f32(&[0], 0.0, 1.0).f32(&[0], -3.0, 3.0),
        ]
    }
}
