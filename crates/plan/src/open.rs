//! Ops that ask to be planned as their expansion.

use kerosene_ir::{Graph, Result, Value, rewrite};

/// The graph with every such op expanded, and `outputs` in it; None when there is nothing to expand.
pub(crate) fn open(graph: &Graph, outputs: &[Value]) -> Result<Option<(Graph, Vec<Value>)>> {
    if !graph.nodes().any(|(_, node)| node.op().is_some_and(|op| op.traits().open)) {
        return Ok(None);
    }
    rewrite(graph, outputs, |out, _, op, inputs| match op.traits().open.then(|| op.expand(out, inputs)).flatten() {
        Some(expanded) => expanded,
        None => Ok(out.push(op.clone(), inputs)?.to_vec()),
    })
    .map(Some)
}
