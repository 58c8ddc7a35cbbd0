//! A graph again with other ops.

use crate::{Graph, Kind, Node, Op, Result, Value};
use std::{collections::HashMap, sync::Arc};

/// Records `graph` once more, its ops by `record`, which gets the new graph, the old node, its op and the node's new inputs, and gives as
/// many values as the node has outputs (more are left aside). Gives the new graph and `outputs` in it.
///
/// # Errors
/// Those of `record`; when an assigned variable would change its spec.
pub fn rewrite(
    graph: &Graph,
    outputs: &[Value],
    mut record: impl FnMut(&mut Graph, &Node, &Arc<dyn Op>, &[Value]) -> Result<Vec<Value>>,
) -> Result<(Graph, Vec<Value>)> {
    let mut out = Graph::new();
    let mut map: HashMap<Value, Value> = HashMap::new();
    for (_, node) in graph.nodes() {
        out.enter(node.scope.clone());
        let inputs: Vec<Value> = node.inputs.iter().map(|v| map[v]).collect();
        let spec = node.outputs().next().map(|v| graph.spec(v));
        let values: Vec<Value> = match (&node.kind, spec) {
            (Kind::Input(_), Some(spec)) => vec![out.input(spec.clone())],
            (Kind::Constant(literal), _) => vec![out.constant(literal.clone())],
            (Kind::Variable(id), Some(spec)) => vec![out.variable(*id, spec)],
            (Kind::Op(op), _) => record(&mut out, node, op, &inputs)?,
            _ => vec![],
        };
        map.extend(node.outputs().zip(values));
    }
    for (id, v) in graph.assigns() {
        out.assign(id, graph.spec(v), map[&v])?;
    }
    let outputs = outputs.iter().map(|v| map[v]).collect();
    Ok((out, outputs))
}
