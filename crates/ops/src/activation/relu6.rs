//! min(max(x, 0), 6)

use super::prelude::*;

/// min(max(x, 0), 6)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relu6 {}

impl Compose for Relu6 {
    const NAME: &'static str = "relu6";
    const DOC: &'static str = "min(max(x, 0), 6), elementwise.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let positive = graph.apply("relu", &[x])?;
        let six = graph.number(6.0, x)?;
        graph.apply("minimum", &[positive, six])
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.5, 8.0)
    }
}
