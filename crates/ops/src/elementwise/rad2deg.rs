//! Radians as degrees

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// Radians as degrees
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rad2deg {}

impl Compose for Rad2deg {
    const NAME: &'static str = "rad2deg";
    const DOC: &'static str = "x · 180 / π, elementwise: radians as degrees.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        graph.scale(inputs[0], 180.0 / std::f64::consts::PI)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-3.0, 3.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }
}
