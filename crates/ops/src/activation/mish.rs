//! x · tanh(softplus(x))

use super::prelude::*;

/// x · tanh(softplus(x))
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mish {}

impl Compose for Mish {
    const NAME: &'static str = "mish";
    const DOC: &'static str = "x · tanh(softplus(x)), elementwise.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let soft = graph.apply("softplus", &[x])?;
        let gate = graph.apply("tanh", &[soft])?;
        graph.mul(x, gate)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }
}
