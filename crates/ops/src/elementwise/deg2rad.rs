//! Degrees as radians

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// Degrees as radians
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deg2rad {}

impl Compose for Deg2rad {
    const NAME: &'static str = "deg2rad";
    const DOC: &'static str = "x · π / 180, elementwise: degrees as radians.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        graph.scale(inputs[0], std::f64::consts::PI / 180.0)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-3.0, 3.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }
}
