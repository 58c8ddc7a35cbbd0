//! The graph as text, one node a line: `%3 = add(%1, %2) : float32(None, 64)`.

use crate::{Graph, Kind};
use std::fmt;

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, node) in self.nodes() {
            let outs: Vec<_> = node.outputs().map(|v| format!("%{}", v.0)).collect();
            let specs: Vec<_> = node.outputs().map(|v| self.spec(v).to_string()).collect();
            write!(f, "{} = ", outs.join(", "))?;
            match &node.kind {
                Kind::Input(i) => write!(f, "input {i}")?,
                Kind::Constant(l) => write!(f, "constant {l:?}")?,
                Kind::Variable(id) => write!(f, "variable {}", id.0)?,
                Kind::Op(op) => {
                    let ins: Vec<_> = node.inputs.iter().map(|v| format!("%{}", v.0)).collect();
                    write!(f, "{}({})", op.name(), ins.join(", "))?;
                    let attrs = op.attrs();
                    if attrs != "{}" {
                        write!(f, " {attrs}")?;
                    }
                }
            }
            writeln!(f, " : {}", specs.join(", "))?;
        }
        for (id, v) in self.assigns() {
            writeln!(f, "variable {} <- %{}", id.0, v.0)?;
        }
        Ok(())
    }
}
