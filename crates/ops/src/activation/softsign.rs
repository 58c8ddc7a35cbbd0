//! x / (1 + |x|)

use super::prelude::*;

/// x / (1 + |x|)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softsign {}

impl Compose for Softsign {
    const NAME: &'static str = "softsign";
    const DOC: &'static str = "x / (1 + |x|), elementwise.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let size = graph.apply("abs", &[x])?;
        let below = graph.shift(size, 1.0)?;
        graph.div(x, below)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.3, 3.0)
    }
}
