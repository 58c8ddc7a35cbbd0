//! x / y, or 0

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// x / y, or 0
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DivideNoNan {}

impl Compose for DivideNoNan {
    const NAME: &'static str = "divide_no_nan";
    const DOC: &'static str =
        "x1 / x2, or 0 where x2 is 0, elementwise with numpy's broadcasting; neither operand has a gradient there.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let (x, y) = (inputs[0], inputs[1]);
        let (zero, one) = (graph.number(0.0, y)?, graph.number(1.0, y)?);
        let nothing = graph.apply("equal", &[y, zero])?;
        let safe = graph.select(nothing, one, y)?;
        let quotient = graph.div(x, safe)?;
        graph.select(nothing, zero, quotient)
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(0.5, 2.0)
    }
}
