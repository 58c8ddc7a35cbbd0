//! x · sigmoid(x)

use super::prelude::*;

/// x · sigmoid(x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silu {}

impl Compose for Silu {
    const NAME: &'static str = "silu";
    const DOC: &'static str = "x · sigmoid(x), elementwise; also called swish.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let gate = graph.apply("sigmoid", &[x])?;
        graph.mul(x, gate)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }
}
