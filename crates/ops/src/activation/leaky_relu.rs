//! x, scaled down below 0

use super::prelude::*;

/// x, scaled down below 0
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakyRelu {
    #[serde(default = "slope")]
    negative_slope: f64,
}

fn slope() -> f64 {
    0.2
}

impl Compose for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const DOC: &'static str = "x where x ≥ 0, elsewhere `negative_slope` · x, elementwise.";
    const PARAMS: &'static [Param] = &[param("negative_slope", "number", "0.2", "The slope below 0.")];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let zero = graph.number(0.0, x)?;
        let on = graph.apply("greater_equal", &[x, zero])?;
        let leak = graph.scale(x, self.negative_slope)?;
        graph.select(on, x, leak)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.3, 2.0)
    }
}
