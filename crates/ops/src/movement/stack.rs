//! Tensors side by side along a new axis

use super::prelude::*;
use crate::composite::Compose;

/// Tensors side by side along a new axis
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    #[serde(default)]
    axis: i64,
}

impl Compose for Stack {
    const NAME: &'static str = "stack";
    const DOC: &'static str = "The tensors, which have one shape, side by side along a new axis `axis` of the result.";
    const INPUTS: &'static [&'static str] = &["...xs"];
    const PARAMS: &'static [Param] = &[param("axis", "number", "0", "Where the new axis is in the result.")];
    const PROMOTE: Promote = Promote::Common(0);

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let axis = serde_json::json!({ "axis": self.axis }).to_string();
        let rows = inputs.iter().map(|&x| graph.op("expand_dims", &axis, &[x])).collect::<Result<Vec<_>>>()?;
        let shapes: Vec<_> = inputs.iter().map(|&x| graph.spec(x).clone()).collect();
        if let Some(s) = shapes.iter().find(|s| !compatible(&s.shape, &shapes[0].shape)) {
            let (a, b) = (format_shape(&shapes[0].shape), format_shape(&s.shape));
            return Err(Error::value(format!("stack: the tensors must have one shape, but there are {a} and {b}.")));
        }
        graph.op("concatenate", &axis, &rows)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[2, 3], -1.0, 1.0).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":-1}"#).f32(&[2], -1.0, 1.0).f32(&[2], -1.0, 1.0).f32(&[2], -1.0, 1.0),
            Sample::new("{}").f32(&[], -1.0, 1.0),
        ]
    }
}

/// Whether two shapes can be one: an unknown dimension can be any.
fn compatible(a: &[Dim], b: &[Dim]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_none() || b.is_none() || a == b)
}
