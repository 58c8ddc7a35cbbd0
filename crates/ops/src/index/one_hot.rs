//! Indices as rows with a single 1

use super::prelude::*;
use crate::composite::Compose;

/// Indices as rows with a single 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneHot {
    num_classes: usize,
    #[serde(default = "last")]
    axis: i64,
    #[serde(default = "float32")]
    dtype: String,
}

fn last() -> i64 {
    -1
}

fn float32() -> String {
    "float32".into()
}

impl Compose for OneHot {
    const NAME: &'static str = "one_hot";
    const DOC: &'static str = "x with a new axis `axis` of length `num_classes`, which is 1 at the place x names and 0 elsewhere; all 0 where x is outside.";
    const PARAMS: &'static [Param] = &[
        param("num_classes", "number", "", "The length of the new axis."),
        param("axis", "number", "-1", "Where the new axis is in the result."),
        param("dtype", "DType", "\"float32\"", "The dtype of the result."),
    ];
    const PROMOTE: Promote = Promote::None;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = graph.spec(inputs[0]).clone();
        super::check_indices(Self::NAME, &x)?;
        let axis = normalize_axis(Self::NAME, self.axis, x.rank() + 1)?;
        let mut shape = x.shape.clone();
        shape.insert(axis, Some(1));
        let x = graph.reshape(inputs[0], &shape)?;
        let mut places: Vec<Dim> = vec![Some(1); shape.len()];
        places[axis] = Some(self.num_classes);
        let attrs = serde_json::json!({ "shape": places, "axis": axis, "dtype": "int64" }).to_string();
        let places = graph.op("iota", &attrs, &[])?;
        let x = graph.cast(x, DType::I64)?;
        let hot = graph.apply("equal", &[x, places])?;
        graph.cast(hot, self.dtype.parse()?)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"num_classes":3}"#).with(DType::I32, &[4], [0.0, 2.0, 3.0, -1.0]),
            Sample::new(r#"{"num_classes":2,"axis":0,"dtype":"bool"}"#).with(DType::U8, &[2, 2], [0.0, 1.0, 1.0, 0.0]),
            Sample::new(r#"{"num_classes":2,"axis":1,"dtype":"int32"}"#).with(
                DType::I64,
                &[2, 2],
                [0.0, 1.0, 1.0, 0.0],
            ),
            Sample::new(r#"{"num_classes":2}"#).with(DType::I32, &[], [1.0]),
            Sample::new(r#"{"num_classes":0}"#).with(DType::I32, &[1], [1.0]),
        ]
    }
}
