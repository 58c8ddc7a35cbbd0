//! |x| as a float

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// |x| as a float
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fabs {}

impl Compose for Fabs {
    const NAME: &'static str = "fabs";
    const DOC: &'static str = "The absolute value as a float, elementwise; its derivative at 0 is 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        graph.apply("abs", inputs)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(0.3, 3.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }
}
