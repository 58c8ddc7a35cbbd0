//! The smaller of two, without NaN

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// The smaller of two, without NaN
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fmin {}

impl Compose for Fmin {
    const NAME: &'static str = "fmin";
    const DOC: &'static str = "The smaller of x1 and x2, elementwise with numpy's broadcasting; the other one where one is NaN. At a tie x2 gets the gradient.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Common(0);

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        super::tie::present(graph, inputs, "less")
    }

    fn samples() -> Vec<Sample> {
        [Sample::binary(0.5, 2.0), Sample::integer_pairs(&[DType::I32, DType::U8, DType::Bool])].concat()
    }
}
