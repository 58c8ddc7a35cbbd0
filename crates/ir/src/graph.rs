//! The recorded graph.

use crate::{Error, Literal, Op, Result, Spec};
use smallvec::SmallVec;
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// One output of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub u32);

/// A node's place in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A variable's name in the process; the storage is the executor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u64);

/// Where a node's outputs come from.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The n-th input of the graph.
    Input(usize),
    /// Constant data.
    Constant(Literal),
    /// The value a variable has when the graph starts.
    Variable(VariableId),
    /// Computed.
    Op(Arc<dyn Op>),
}

/// One step of the recording.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the outputs come from.
    pub kind: Kind,
    /// What it reads.
    pub inputs: SmallVec<[Value; 3]>,
    /// The part of the program it belongs to, for profiles: a layer, the loss, the optimizer.
    pub scope: Option<Arc<str>>,
    outputs: Range<u32>,
}

impl Node {
    /// The node's outputs.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = Value> + Clone + use<> {
        self.outputs.clone().map(Value)
    }

    /// The op, when this node is computed.
    pub fn op(&self) -> Option<&Arc<dyn Op>> {
        match &self.kind {
            Kind::Op(op) => Some(op),
            _ => None,
        }
    }
}

/// A list of nodes in the order of recording (an order in which they can be computed), the graph's inputs, and the
/// assignments to variables that happen when it has run.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    values: Vec<(NodeId, Spec)>,
    inputs: Vec<Value>,
    variables: BTreeMap<VariableId, Value>,
    assigns: BTreeMap<VariableId, Value>,
    scope: Option<Arc<str>>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    fn add(&mut self, kind: Kind, inputs: SmallVec<[Value; 3]>, specs: Vec<Spec>) -> Range<u32> {
        let id = NodeId(self.nodes.len() as u32);
        let first = self.values.len() as u32;
        let outputs = first..first + specs.len() as u32;
        self.values.extend(specs.into_iter().map(|s| (id, s)));
        self.nodes.push(Node { kind, inputs, scope: self.scope.clone(), outputs: outputs.clone() });
        outputs
    }

    /// From here on nodes belong to this part of the program. Gives the part before.
    pub fn enter(&mut self, scope: Option<Arc<str>>) -> Option<Arc<str>> {
        std::mem::replace(&mut self.scope, scope)
    }

    /// A new input of the graph.
    pub fn input(&mut self, spec: Spec) -> Value {
        let v = Value(self.add(Kind::Input(self.inputs.len()), SmallVec::new(), vec![spec]).start);
        self.inputs.push(v);
        v
    }

    /// A constant.
    pub fn constant(&mut self, literal: Literal) -> Value {
        let spec = literal.spec().clone();
        Value(self.add(Kind::Constant(literal), SmallVec::new(), vec![spec]).start)
    }

    /// The value `variable` has when the graph starts; one node per variable.
    pub fn variable(&mut self, id: VariableId, spec: &Spec) -> Value {
        if let Some(&v) = self.variables.get(&id) {
            return v;
        }
        let v = Value(self.add(Kind::Variable(id), SmallVec::new(), vec![spec.clone()]).start);
        self.variables.insert(id, v);
        v
    }

    /// The value a read of `variable` gives at this point of the recording: the last one assigned, else the one at the start.
    pub fn read(&mut self, id: VariableId, spec: &Spec) -> Value {
        match self.assigns.get(&id) {
            Some(&v) => v,
            None => self.variable(id, spec),
        }
    }

    /// From here on `variable` has this value; it is written to the variable when the graph has run.
    pub fn assign(&mut self, id: VariableId, spec: &Spec, value: Value) -> Result<()> {
        self.check(value)?;
        let got = self.spec(value);
        if got != spec {
            return Err(Error::value(format!("A variable of {spec} cannot be assigned a value of {got}.")));
        }
        self.assigns.insert(id, value);
        Ok(())
    }

    /// Records an op. A composite is the op crate's business; this records exactly what it is given.
    pub fn push(&mut self, op: Arc<dyn Op>, inputs: &[Value]) -> Result<SmallVec<[Value; 2]>> {
        for &v in inputs {
            self.check(v)?;
        }
        let out = {
            let specs: SmallVec<[&Spec; 4]> = inputs.iter().map(|&v| self.spec(v)).collect();
            op.infer(&specs)?
        };
        Ok(self.add(Kind::Op(op), inputs.into(), out).map(Value).collect())
    }

    fn check(&self, v: Value) -> Result<()> {
        if (v.0 as usize) < self.values.len() {
            return Ok(());
        }
        Err(Error::value(format!(
            "Value {} does not belong to this graph, which has {} values.",
            v.0,
            self.values.len()
        )))
    }

    /// Shape and dtype of a value.
    ///
    /// # Panics
    /// When the value is of another graph with more values.
    pub fn spec(&self, v: Value) -> &Spec {
        &self.values[v.0 as usize].1
    }

    /// Shape and dtype of a value, or an error when it is not of this graph.
    pub fn try_spec(&self, v: Value) -> Result<&Spec> {
        self.check(v)?;
        Ok(self.spec(v))
    }

    /// The node a value comes from.
    pub fn producer(&self, v: Value) -> NodeId {
        self.values[v.0 as usize].0
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// All nodes in the order of recording.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> + ExactSizeIterator {
        self.nodes.iter().enumerate().map(|(i, n)| (NodeId(i as u32), n))
    }

    /// The constant behind a value, when it is one.
    pub fn literal(&self, v: Value) -> Option<&Literal> {
        match &self.node(self.producer(v)).kind {
            Kind::Constant(l) => Some(l),
            _ => None,
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The graph's inputs.
    pub fn inputs(&self) -> &[Value] {
        &self.inputs
    }

    /// Variables read, with the values they have at the start.
    pub fn variables(&self) -> impl Iterator<Item = (VariableId, Value)> + '_ {
        self.variables.iter().map(|(&k, &v)| (k, v))
    }

    /// What is written to variables at the end.
    pub fn assigns(&self) -> impl Iterator<Item = (VariableId, Value)> + '_ {
        self.assigns.iter().map(|(&k, &v)| (k, v))
    }
}
