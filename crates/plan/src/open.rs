//! Ops that ask to be planned as their expansion.

use kerosene_ir::{Graph, Kind, Node, Result, Value};
use std::collections::HashMap;

/// The graph with every such op expanded, and `outputs` in it; None when there is nothing to expand.
pub(crate) fn open(graph: &Graph, outputs: &[Value]) -> Result<Option<(Graph, Vec<Value>)>> {
    let opens = |node: &Node| node.op().is_some_and(|op| op.traits().open);
    if !graph.nodes().any(|(_, node)| opens(node)) {
        return Ok(None);
    }
    let mut out = Graph::new();
    let mut map: HashMap<Value, Value> = HashMap::new();
    for (_, node) in graph.nodes() {
        out.enter(node.scope.clone());
        let inputs: Vec<Value> = node.inputs.iter().map(|v| map[v]).collect();
        let first = node.outputs().next();
        let spec = first.map(|v| graph.spec(v));
        let values: Vec<Value> = match (&node.kind, spec) {
            (Kind::Input(_), Some(spec)) => vec![out.input(spec.clone())],
            (Kind::Constant(literal), _) => vec![out.constant(literal.clone())],
            (Kind::Variable(id), Some(spec)) => vec![out.variable(*id, spec)],
            (Kind::Op(op), _) => match op.traits().open.then(|| op.expand(&mut out, &inputs)).flatten() {
                Some(expanded) => expanded?,
                None => out.push(op.clone(), &inputs)?.to_vec(),
            },
            _ => vec![],
        };
        map.extend(node.outputs().zip(values));
    }
    for (id, v) in graph.assigns() {
        out.assign(id, graph.spec(v), map[&v])?;
    }
    let outputs = outputs.iter().map(|v| map[v]).collect();
    Ok(Some((out, outputs)))
}
