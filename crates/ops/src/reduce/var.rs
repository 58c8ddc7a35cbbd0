//! The variance over axes

use super::prelude::*;

/// The variance over axes
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Var(Axes);

impl Compose for Var {
    const NAME: &'static str = "var";
    const DOC: &'static str = "The mean squared distance from the mean over `axis` (divided by n, not n − 1).";
    const PARAMS: &'static [Param] = &[AXIS, KEEPDIMS];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let mean = graph.op("mean", &self.0.kept().attrs(), inputs)?;
        let distance = graph.sub(inputs[0], mean)?;
        let square = graph.mul(distance, distance)?;
        graph.op("mean", &self.0.attrs(), &[square])
    }

    fn samples() -> Vec<Sample> {
        Sample::reductions()
    }
}
