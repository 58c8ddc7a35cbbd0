//! The standard deviation over axes

use super::prelude::*;

/// The standard deviation over axes
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Std(Axes);

impl Compose for Std {
    const NAME: &'static str = "std";
    const DOC: &'static str = "The square root of the variance over `axis`.";
    const PARAMS: &'static [Param] = &[AXIS, KEEPDIMS];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let var = graph.op("var", &self.0.attrs(), inputs)?;
        graph.apply("sqrt", &[var])
    }

    fn samples() -> Vec<Sample> {
        // Of one element the deviation is 0, where the square root has no slope.
        let one = |s: &Sample| s.inputs[0].shape.is_empty() || s.attrs.contains("[]");
        Sample::reductions().into_iter().map(|s| if one(&s) { s.kink() } else { s }).collect()
    }
}
