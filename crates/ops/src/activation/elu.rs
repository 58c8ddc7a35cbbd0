//! x, bent towards −α below 0

use super::prelude::*;

/// x, bent towards −α below 0
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elu {
    #[serde(default = "one")]
    alpha: f64,
}

fn one() -> f64 {
    1.0
}

impl Compose for Elu {
    const NAME: &'static str = "elu";
    const DOC: &'static str = "x where x > 0, elsewhere `alpha` · (eˣ − 1), elementwise.";
    const PARAMS: &'static [Param] = &[param("alpha", "number", "1", "The limit towards −∞ is −alpha.")];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let zero = graph.number(0.0, x)?;
        let on = graph.apply("greater", &[x, zero])?;
        // The exponential of a large positive x must not reach the derivative.
        let low = graph.select(on, zero, x)?;
        let bent = graph.apply("expm1", &[low])?;
        let bent = graph.scale(bent, self.alpha)?;
        graph.select(on, x, bent)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }
}
