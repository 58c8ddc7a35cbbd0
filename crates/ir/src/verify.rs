//! Checks that a graph is well formed; run on every graph in debug builds and by the laws.

use crate::{Error, Graph, Kind, Result, Spec};

/// An error that names the first node that reads a value recorded after it, whose outputs are not what its op's shape rule
/// says, or that assigns a value of another spec.
pub fn verify(graph: &Graph) -> Result<()> {
    for (id, node) in graph.nodes() {
        let first = node.outputs().next().map_or(u32::MAX, |v| v.0);
        if let Some(v) = node.inputs.iter().find(|v| v.0 >= first) {
            return Err(Error::internal(format!("Node {} reads %{} before it is computed.", id.0, v.0)));
        }
        if let Kind::Op(op) = &node.kind {
            let ins: Vec<&Spec> = node.inputs.iter().map(|&v| graph.spec(v)).collect();
            let want = op.infer(&ins)?;
            let got: Vec<Spec> = node.outputs().map(|v| graph.spec(v).clone()).collect();
            if want != got {
                return Err(Error::internal(format!(
                    "Node {} ({}) holds {got:?}, its rule says {want:?}.",
                    id.0,
                    op.name()
                )));
            }
        }
    }
    for (id, v) in graph.assigns() {
        if let Some((_, start)) = graph.variables().find(|(k, _)| *k == id)
            && graph.spec(start) != graph.spec(v)
        {
            let (start, v) = (graph.spec(start), graph.spec(v));
            return Err(Error::internal(format!("Variable {} of {start} is assigned {v}.", id.0)));
        }
    }
    Ok(())
}
