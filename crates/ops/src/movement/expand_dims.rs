//! x with new axes of length 1

use super::prelude::*;
use crate::composite::Compose;

/// x with new axes of length 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpandDims {
    #[serde(with = "def::axes")]
    axis: Option<Vec<i64>>,
}

impl Compose for ExpandDims {
    const NAME: &'static str = "expand_dims";
    const DOC: &'static str = "x with axes of length 1 put in, so that they are axes `axis` of the result.";
    const PARAMS: &'static [Param] = &[param("axis", "number | number[]", "", "Where the new axes are in the result.")];
    const PROMOTE: Promote = Promote::None;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let old = graph.spec(inputs[0]).shape.clone();
        let new = self.axis.as_deref().unwrap_or_default();
        let axes = normalize_axes(Self::NAME, Some(new), old.len() + new.len())?;
        let mut shape = old;
        for &a in &axes {
            shape.insert(a, Some(1));
        }
        graph.reshape(inputs[0], &shape)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"axis":0}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":-1}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":[1,-1]}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":0}"#).f32(&[], -1.0, 1.0),
        ]
    }
}
