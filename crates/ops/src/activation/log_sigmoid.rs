//! ln sigmoid(x)

use super::prelude::*;

/// ln sigmoid(x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSigmoid {}

impl Compose for LogSigmoid {
    const NAME: &'static str = "log_sigmoid";
    const DOC: &'static str = "The logarithm of sigmoid(x), −softplus(−x), elementwise.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let negative = graph.neg(x)?;
        let soft = graph.apply("softplus", &[negative])?;
        graph.neg(soft)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }
}
