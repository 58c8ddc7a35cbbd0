//! A sigmoid of straight lines

use super::prelude::*;

/// A sigmoid of straight lines
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardSigmoid {}

impl Compose for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";
    const DOC: &'static str = "relu6(x + 3) / 6, elementwise.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let moved = graph.shift(x, 3.0)?;
        let cut = graph.apply("relu6", &[moved])?;
        graph.scale(cut, 1.0 / 6.0)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }
}
