//! x · hard_sigmoid(x)

use super::prelude::*;

/// x · hard_sigmoid(x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardSilu {}

impl Compose for HardSilu {
    const NAME: &'static str = "hard_silu";
    const DOC: &'static str = "x · hard_sigmoid(x), elementwise; also called hard swish.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let gate = graph.apply("hard_sigmoid", &[x])?;
        graph.mul(x, gate)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }
}
