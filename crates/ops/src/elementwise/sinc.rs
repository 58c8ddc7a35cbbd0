//! sin πx / πx

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// sin πx / πx
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sinc {}

impl Compose for Sinc {
    const NAME: &'static str = "sinc";
    const DOC: &'static str = "sin(πx) / (πx), elementwise; 1 at 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let (zero, one) = (graph.number(0.0, x)?, graph.number(1.0, x)?);
        let at_zero = graph.apply("equal", &[x, zero])?;
        let angle = graph.scale(x, std::f64::consts::PI)?;
        let safe = graph.select(at_zero, one, angle)?;
        let wave = graph.apply("sin", &[safe])?;
        let quotient = graph.div(wave, safe)?;
        graph.select(at_zero, one, quotient)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.2, 2.0)
    }
}
