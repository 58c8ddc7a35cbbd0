//! x held between two bounds

use super::prelude::*;
use crate::{composite::Compose, def::param};
use kerosene_ir::Graph;

/// x held between two bounds
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clip {
    #[serde(default)]
    min: Option<f64>,
    #[serde(default)]
    max: Option<f64>,
}

impl Compose for Clip {
    const NAME: &'static str = "clip";
    const DOC: &'static str = "min(max(x, `min`), `max`), elementwise: a bound wins over x, and `max` over `min`.";
    const PARAMS: &'static [Param] = &[
        param("min", "number | null", "null", "The least value; null: none."),
        param("max", "number | null", "null", "The largest value; null: none."),
    ];
    const PROMOTE: Promote = Promote::Number;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let mut x = inputs[0];
        for (bound, op) in [(self.min, "maximum"), (self.max, "minimum")] {
            if let Some(bound) = bound {
                let bound = graph.number(bound, x)?;
                x = graph.apply(op, &[x, bound])?;
            }
        }
        Ok(x)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"min":-1,"max":1}"#).f32(&[3, 5], -2.0, 2.0),
            Sample::new(r#"{"min":0}"#).f32(&[3], -2.0, 2.0),
            Sample::new(r#"{"max":0.5}"#).with(DType::F32, &[4], [f64::NAN, f64::INFINITY, 0.5, -1.0]).kink(),
            Sample::new("{}").f32(&[0], -2.0, 2.0),
            Sample::new(r#"{"min":2,"max":5}"#).with(DType::I32, &[3], [1.0, 3.0, 9.0]),
        ]
    }
}
