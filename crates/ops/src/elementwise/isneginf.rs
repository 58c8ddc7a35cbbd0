//! Whether x is −∞

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// Whether x is −∞
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Isneginf {}

impl Compose for Isneginf {
    const NAME: &'static str = "isneginf";
    const DOC: &'static str = "true where x is −∞, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let infinity = graph.number(f64::NEG_INFINITY, inputs[0])?;
        graph.apply("equal", &[inputs[0], infinity])
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-3.0, 3.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }
}
