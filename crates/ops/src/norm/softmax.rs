//! eˣ / Σeˣ along an axis

use super::rows::Along;
use crate::GraphOps;
use kerosene_ir::{Graph, Result, Value};

/// eˣ / Σeˣ along an axis
#[derive(Debug)]
pub struct Softmax;

impl Along for Softmax {
    const NAME: &'static str = "softmax";
    const DOC: &'static str = "eˣ / Σeˣ along `axis`, without overflow: positive numbers that add up to 1.";
    const LOG: bool = false;

    fn expand(graph: &mut Graph, x: Value, axis: usize) -> Result<Value> {
        let attrs = serde_json::json!({ "axis": axis }).to_string();
        let log = graph.op("log_softmax", &attrs, &[x])?;
        graph.apply("exp", &[log])
    }

    fn derivative(graph: &mut Graph, g: Value, y: Value, axis: usize) -> Result<Value> {
        let weighted = graph.mul(g, y)?;
        let mean = graph.sum(weighted, &[axis], true)?;
        let rest = graph.sub(g, mean)?;
        graph.mul(y, rest)
    }

    fn candle(x: &candle_core::Tensor, axis: usize) -> crate::lower::Candle {
        let e = x.broadcast_sub(&x.max_keepdim(axis)?)?.exp()?;
        e.broadcast_div(&e.sum_keepdim(axis)?).map(Some)
    }
}
