//! The step function

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::Graph;

/// The step function
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heaviside {}

impl Compose for Heaviside {
    const NAME: &'static str = "heaviside";
    const DOC: &'static str =
        "0 where x1 < 0, 1 where x1 > 0, x2 where x1 is 0, and NaN where x1 is; elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let (x, y) = (inputs[0], inputs[1]);
        let (zero, one) = (graph.number(0.0, x)?, graph.number(1.0, x)?);
        let (below, above) = (graph.apply("less", &[x, zero])?, graph.apply("greater", &[x, zero])?);
        let missing = graph.apply("isnan", &[x])?;
        let rest = graph.select(missing, x, y)?;
        let right = graph.select(above, one, rest)?;
        graph.select(below, zero, right)
    }

    fn samples() -> Vec<Sample> {
        [
            Sample::binary(0.5, 2.0),
            vec![Sample::new("").with(DType::F32, &[4], [-1.0, 0.0, 2.0, f64::NAN]).f32(&[1], 0.0, 1.0).kink()],
        ]
        .concat()
    }
}
