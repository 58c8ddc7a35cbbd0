//! The self-normalising elu

use super::prelude::*;

/// The self-normalising elu
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selu {}

const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

impl Compose for Selu {
    const NAME: &'static str = "selu";
    const DOC: &'static str = "1.0507 · elu(x, 1.6733), elementwise, which keeps mean and variance from layer to layer. Source: Klambauer et al., 2017.";

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let attrs = serde_json::json!({ "alpha": ALPHA }).to_string();
        let bent = graph.op("elu", &attrs, &[x])?;
        graph.scale(bent, SCALE)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }
}
