//! Whether x and y are nearly equal

use super::prelude::*;
use crate::composite::Compose;
use crate::def::param;
use kerosene_ir::Graph;

/// Whether x and y are nearly equal
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Isclose {
    #[serde(default = "rtol", with = "crate::def::number")]
    rtol: f64,
    #[serde(default = "atol", with = "crate::def::number")]
    atol: f64,
    #[serde(default)]
    equal_nan: bool,
}

fn rtol() -> f64 {
    1e-5
}

fn atol() -> f64 {
    1e-8
}

impl Compose for Isclose {
    const NAME: &'static str = "isclose";
    const DOC: &'static str =
        "true where |x1 − x2| ≤ `atol` + `rtol` · |x2|, or both are equal, elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PARAMS: &'static [Param] = &[
        param("rtol", "number", "1e-5", "The distance allowed for each unit of |x2|."),
        param("atol", "number", "1e-8", "The distance allowed everywhere."),
        param("equal_nan", "boolean", "false", "Whether NaN equals NaN."),
    ];
    const PROMOTE: Promote = Promote::Float;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let (x, y) = (inputs[0], inputs[1]);
        let finite = graph.apply("isfinite", &[y])?;
        let difference = graph.sub(x, y)?;
        let distance = graph.apply("abs", &[difference])?;
        let size = graph.apply("abs", &[y])?;
        let relative = graph.scale(size, self.rtol)?;
        let allowed = graph.shift(relative, self.atol)?;
        let near = graph.apply("less_equal", &[distance, allowed])?;
        let near = graph.apply("logical_and", &[finite, near])?;
        let equal = graph.apply("equal", &[x, y])?;
        let out = graph.apply("logical_or", &[near, equal])?;
        if !self.equal_nan {
            return Ok(out);
        }
        let (a, b) = (graph.apply("isnan", &[x])?, graph.apply("isnan", &[y])?);
        let both = graph.apply("logical_and", &[a, b])?;
        graph.apply("logical_or", &[out, both])
    }

    fn samples() -> Vec<Sample> {
        [
            Sample::comparisons(),
            vec![
                Sample::new(r#"{"rtol":0.1,"atol":0,"equal_nan":true}"#)
                    .with(DType::F32, &[4], [1.0, 1.0, f64::NAN, f64::INFINITY])
                    .with(DType::F32, &[4], [1.05, 1.2, f64::NAN, f64::INFINITY]),
            ],
        ]
        .concat()
    }
}
