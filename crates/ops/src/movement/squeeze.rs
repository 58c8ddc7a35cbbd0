//! x without axes of length 1

use super::prelude::*;
use crate::composite::Compose;

/// x without axes of length 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Squeeze {
    #[serde(default, with = "def::axes")]
    axis: Option<Vec<i64>>,
}

impl Compose for Squeeze {
    const NAME: &'static str = "squeeze";
    const DOC: &'static str = "x without its axes `axis`, which have length 1.";
    const PARAMS: &'static [Param] =
        &[param("axis", "number | number[] | null", "null", "The axes to leave out; null: all of length 1.")];
    const PROMOTE: Promote = Promote::None;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = graph.spec(inputs[0]).clone();
        let gone = |a: usize| x.shape[a] == Some(1);
        let axes: Vec<usize> = match &self.axis {
            None => (0..x.rank()).filter(|&a| gone(a)).collect(),
            Some(axes) => normalize_axes(Self::NAME, Some(axes), x.rank())?.to_vec(),
        };
        if let Some(a) = axes.iter().find(|&&a| !gone(a)) {
            let shape = format_shape(&x.shape);
            return Err(Error::value(format!(
                "squeeze: axis {a} of a tensor of shape {shape} does not have length 1."
            )));
        }
        let shape: Shape = (0..x.rank()).filter(|a| !axes.contains(a)).map(|a| x.shape[a]).collect();
        graph.reshape(inputs[0], &shape)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[1, 3, 1], -1.0, 1.0),
            Sample::new(r#"{"axis":-1}"#).f32(&[1, 3, 1], -1.0, 1.0),
            Sample::new(r#"{"axis":[0,2]}"#).f32(&[1, 3, 1], -1.0, 1.0),
            Sample::new("{}").f32(&[], -1.0, 1.0),
        ]
    }
}
