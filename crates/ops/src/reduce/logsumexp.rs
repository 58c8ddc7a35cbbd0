//! ln Σeˣ over axes

use super::prelude::*;

/// ln Σeˣ over axes
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Logsumexp(Axes);

impl Compose for Logsumexp {
    const NAME: &'static str = "logsumexp";
    const DOC: &'static str =
        "The logarithm of the sum of eˣ over `axis`, without overflow: the largest element is taken out first.";
    const PARAMS: &'static [Param] = &[AXIS, KEEPDIMS];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let kept = self.0.kept();
        let shape = self.0.shape(Self::NAME, graph.spec(inputs[0]))?;
        let x = inputs[0];
        let top = graph.op("max", &kept.attrs(), &[x])?;
        let top = graph.apply("stop_gradient", &[top])?;
        // An infinite largest element stays in: ∞ − ∞ would be NaN.
        let finite = graph.apply("isfinite", &[top])?;
        let zero = graph.number(0.0, x)?;
        let top = graph.select(finite, top, zero)?;
        let low = graph.sub(x, top)?;
        let exp = graph.apply("exp", &[low])?;
        let sum = graph.op("sum", &kept.attrs(), &[exp])?;
        let log = graph.apply("log", &[sum])?;
        let out = graph.add(log, top)?;
        graph.reshape(out, &shape)
    }

    fn samples() -> Vec<Sample> {
        let inf = f64::INFINITY;
        let mut samples = Sample::reductions();
        samples.push(Sample::new("{}").with(DType::F32, &[3], [1000.0, 1000.0, -1000.0]));
        samples.push(Sample::new(r#"{"axis":1}"#).with(DType::F32, &[3, 2], [-inf, -inf, inf, 1.0, -inf, 1.0]).kink());
        samples
    }
}
