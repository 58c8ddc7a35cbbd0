//! x − ln Σeˣ along an axis

use super::rows::Along;
use crate::GraphOps;
use kerosene_ir::{Graph, Result, Value};

/// x − ln Σeˣ along an axis
#[derive(Debug)]
pub struct LogSoftmax;

impl Along for LogSoftmax {
    const NAME: &'static str = "log_softmax";
    const DOC: &'static str = "The logarithm of softmax along `axis`, x − ln Σeˣ, without overflow.";
    const LOG: bool = true;

    fn expand(graph: &mut Graph, x: Value, axis: usize) -> Result<Value> {
        if graph.spec(x).is_empty() {
            return Ok(x);
        }
        let kept = serde_json::json!({ "axis": [axis], "keepdims": true }).to_string();
        let top = graph.op("max", &kept, &[x])?;
        let top = graph.apply("stop_gradient", &[top])?;
        let low = graph.sub(x, top)?;
        let exp = graph.apply("exp", &[low])?;
        let sum = graph.sum(exp, &[axis], true)?;
        let shift = graph.apply("log", &[sum])?;
        graph.sub(low, shift)
    }

    fn derivative(graph: &mut Graph, g: Value, y: Value, axis: usize) -> Result<Value> {
        let total = graph.sum(g, &[axis], true)?;
        let probabilities = graph.apply("exp", &[y])?;
        let d = graph.mul(probabilities, total)?;
        graph.sub(g, d)
    }

    fn candle(x: &candle_core::Tensor, axis: usize) -> crate::lower::Candle {
        let low = x.broadcast_sub(&x.max_keepdim(axis)?)?;
        low.broadcast_sub(&low.exp()?.sum_keepdim(axis)?.log()?).map(Some)
    }
}
