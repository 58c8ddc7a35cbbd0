//! The graph as the passes see it: only what is needed, every size known, every result with one writer.

use crate::Place;
use kerosene_ir::{Error, Literal, Op, Result, Spec, Traits, VariableId};
use smallvec::SmallVec;
use std::sync::Arc;

/// Index of a value.
pub(crate) type Val = usize;
/// Index of a node.
pub(crate) type Ix = usize;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Input(usize),
    Constant(usize),
    Variable(usize),
    Node(Ix),
    /// The bytes of another value under another shape.
    View(Val),
}

#[derive(Debug)]
pub(crate) struct Info {
    pub spec: Spec,
    pub dims: SmallVec<[usize; 5]>,
    pub bytes: usize,
    pub source: Source,
    /// The output or variable it is to be computed into.
    pub home: Option<Place>,
}

#[derive(Debug)]
pub(crate) struct Node {
    /// None: copies its input.
    pub op: Option<Arc<dyn Op>>,
    pub traits: Traits,
    /// The part of the program it belongs to.
    pub scope: Option<Arc<str>>,
    pub inputs: SmallVec<[Val; 3]>,
    pub outputs: SmallVec<[Val; 1]>,
}

#[derive(Debug, Default)]
pub(crate) struct Work {
    pub values: Vec<Info>,
    /// In an order in which they can be computed.
    pub nodes: Vec<Node>,
    pub inputs: Vec<Spec>,
    pub outputs: Vec<Spec>,
    pub constants: Vec<Literal>,
    pub variables: Vec<(VariableId, Spec)>,
}

impl Work {
    pub fn value(&mut self, spec: Spec, source: Source) -> Result<Val> {
        let dims = spec.dims("plan")?;
        // Half of the address space, so that offsets and sums of a few sizes cannot overflow either.
        let bytes = spec
            .len()
            .and_then(|n| n.checked_mul(spec.dtype.size()))
            .filter(|&n| n <= isize::MAX as usize / 2)
            .ok_or_else(|| Error::value(format!("A tensor of {spec} is larger than any memory.")))?;
        self.values.push(Info { spec, dims, bytes, source, home: None });
        Ok(self.values.len() - 1)
    }

    /// The place of a variable among those used, where it is put when it is not there yet.
    pub fn variable(&mut self, id: VariableId, spec: Spec) -> usize {
        self.variables.iter().position(|(k, _)| *k == id).unwrap_or_else(|| {
            self.variables.push((id, spec));
            self.variables.len() - 1
        })
    }

    /// The value whose memory `v` is.
    pub fn root(&self, mut v: Val) -> Val {
        while let Source::View(of) = self.values[v].source {
            v = of;
        }
        v
    }

    /// The node that computes the memory of `v`.
    pub fn producer(&self, v: Val) -> Option<Ix> {
        match self.values[self.root(v)].source {
            Source::Node(n) => Some(n),
            _ => None,
        }
    }

    /// A node that copies `from` to a new value with this home.
    pub fn copy(&mut self, from: Val, home: Option<Place>) -> Ix {
        let node = self.nodes.len();
        let Info { spec, dims, bytes, .. } = &self.values[from];
        let (spec, dims, bytes) = (spec.clone(), dims.clone(), *bytes);
        self.values.push(Info { spec, dims, bytes, source: Source::Node(node), home });
        let outputs = [self.values.len() - 1].into();
        let inputs = [from].into_iter().collect();
        self.nodes.push(Node { op: None, traits: Traits::default(), scope: None, inputs, outputs });
        node
    }

    /// Whether the node's outputs are elementwise functions of its inputs.
    pub fn is_lane(&self, n: Ix) -> bool {
        let node = &self.nodes[n];
        node.traits.elementwise && node.outputs.len() == 1 && node.inputs.len() <= crate::space::MOST_INPUTS
    }

    /// For each node, the nodes that read its outputs.
    pub fn readers(&self) -> Vec<Vec<Ix>> {
        let mut readers = vec![vec![]; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            for &v in &node.inputs {
                if let Some(p) = self.producer(v)
                    && readers[p].last() != Some(&i)
                {
                    readers[p].push(i);
                }
            }
        }
        readers
    }
}
