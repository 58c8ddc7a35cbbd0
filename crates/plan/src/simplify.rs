//! Dead code (unused outputs of an op too, where it can do without), sharing and constant folding, in one walk over the recording.

use crate::{
    Place, Runner,
    work::{Info, Node, Source, Val, Work},
};
use kerosene_ir::{Graph, Kind, Literal, Node as Recorded, Op, Result, Spec, Value};
use smallvec::SmallVec;
use std::{collections::HashMap, sync::Arc};

/// Constants are not folded into more than this.
const LARGE: usize = 1 << 20;

type Key = (&'static str, String, SmallVec<[Val; 3]>);

pub(crate) struct Pass<'a> {
    graph: &'a Graph,
    runner: &'a dyn Runner,
    pub work: Work,
    pub map: HashMap<Value, Val>,
    shared: HashMap<Key, SmallVec<[Val; 1]>>,
    literals: HashMap<(Spec, Vec<u8>), Val>,
}

/// The part of the graph that outputs and assignments need, each thing once.
pub(crate) fn simplify(graph: &Graph, outputs: &[Value], runner: &dyn Runner) -> Result<Work> {
    needed(graph, outputs, runner)?.finish(outputs)
}

/// The same before outputs and assigned variables have writers of their own.
pub(crate) fn needed<'a>(graph: &'a Graph, outputs: &[Value], runner: &'a dyn Runner) -> Result<Pass<'a>> {
    let live = live(graph, outputs);
    let mut pass = Pass {
        graph,
        runner,
        work: Work::default(),
        map: HashMap::new(),
        shared: HashMap::new(),
        literals: HashMap::new(),
    };
    pass.work.inputs = graph.inputs().iter().map(|&v| graph.spec(v).clone()).collect();
    pass.work.outputs = outputs.iter().map(|&v| graph.spec(v).clone()).collect();
    for spec in &pass.work.inputs {
        spec.dims("plan")?;
    }
    for (_, node) in graph.nodes() {
        if !node.outputs().any(|v| live[v.0 as usize]) {
            continue;
        }
        let mut out: SmallVec<[Value; 2]> = node.outputs().collect();
        let values: SmallVec<[Val; 1]> = match &node.kind {
            Kind::Input(i) => [pass.work.value(graph.spec(out[0]).clone(), Source::Input(*i))?].into(),
            Kind::Constant(l) => [pass.literal(l)?].into(),
            Kind::Variable(id) => {
                let spec = graph.spec(out[0]).clone();
                pass.work.variables.push((*id, spec.clone()));
                [pass.work.value(spec, Source::Variable(pass.work.variables.len() - 1))?].into()
            }
            Kind::Op(op) => {
                let used: Vec<bool> = out.iter().map(|v| live[v.0 as usize]).collect();
                match used.contains(&false).then(|| op.prune(&used)).flatten() {
                    Some(op) => {
                        out.retain(|v| live[v.0 as usize]);
                        pass.op(&op, node, &out)?
                    }
                    None => pass.op(op, node, &out)?,
                }
            }
        };
        pass.map.extend(out.into_iter().zip(values));
    }
    Ok(pass)
}

/// Which values outputs and assignments depend on.
fn live(graph: &Graph, outputs: &[Value]) -> Vec<bool> {
    let mut live = vec![false; graph.len()];
    for v in outputs.iter().copied().chain(graph.assigns().map(|(_, v)| v)) {
        live[v.0 as usize] = true;
    }
    for (_, node) in graph.nodes().rev() {
        if node.outputs().any(|v| live[v.0 as usize]) {
            node.inputs.iter().for_each(|v| live[v.0 as usize] = true);
        }
    }
    live
}

impl Pass<'_> {
    fn literal(&mut self, literal: &Literal) -> Result<Val> {
        // Large constants are compared by nobody.
        let small = literal.bytes().len() <= 64;
        let key = small.then(|| (literal.spec().clone(), literal.bytes().to_vec()));
        if let Some(&v) = key.as_ref().and_then(|k| self.literals.get(k)) {
            return Ok(v);
        }
        self.work.constants.push(literal.clone());
        let source = Source::Constant(self.work.constants.len() - 1);
        let v = self.work.value(literal.spec().clone(), source)?;
        if let Some(key) = key {
            self.literals.insert(key, v);
        }
        Ok(v)
    }

    fn op(&mut self, op: &Arc<dyn Op>, node: &Recorded, outputs: &[Value]) -> Result<SmallVec<[Val; 1]>> {
        let (traits, scope) = (op.traits(), node.scope.clone());
        let inputs: SmallVec<[Val; 3]> = node.inputs.iter().map(|v| self.map[v]).collect();
        let mut key = (op.name(), op.attrs(), inputs.clone());
        if traits.commutative {
            key.2.sort_unstable();
        }
        if let Some(known) = self.shared.get(&key) {
            return Ok(known.clone());
        }
        let specs: Vec<Spec> = outputs.iter().map(|&v| self.graph.spec(v).clone()).collect();
        let values = if let Some(folded) = self.fold(&**op, traits.keep, &inputs, &specs)? {
            folded.iter().map(|l| self.literal(l)).collect::<Result<_>>()?
        } else if traits.alias {
            [self.work.value(specs[0].clone(), Source::View(inputs[0]))?].into()
        } else {
            let node = self.work.nodes.len();
            let outputs: SmallVec<[Val; 1]> =
                specs.into_iter().map(|s| self.work.value(s, Source::Node(node))).collect::<Result<_>>()?;
            self.work.nodes.push(Node { op: Some(op.clone()), traits, scope, inputs, outputs: outputs.clone() });
            outputs
        };
        self.shared.insert(key, values.clone());
        Ok(values)
    }

    fn fold(&self, op: &dyn Op, keep: bool, inputs: &[Val], outputs: &[Spec]) -> Result<Option<Vec<Literal>>> {
        let constant = |&v: &Val| match self.work.values[v].source {
            Source::Constant(c) => Some(&self.work.constants[c]),
            _ => None,
        };
        let size = |s: &Spec| s.len().unwrap_or(usize::MAX).saturating_mul(s.dtype.size());
        if keep || inputs.is_empty() || outputs.iter().any(|s| size(s) > LARGE) {
            return Ok(None);
        }
        let Some(literals) = inputs.iter().map(constant).collect::<Option<Vec<_>>>() else { return Ok(None) };
        self.runner.evaluate(op, &literals, &outputs.iter().collect::<Vec<_>>())
    }

    /// Gives every output and every assigned variable exactly one writer: the node that computes it, or a copy.
    fn finish(mut self, outputs: &[Value]) -> Result<Work> {
        let assigns: Vec<_> = self.graph.assigns().collect();
        let mut wanted = vec![];
        let mut overwritten = vec![];
        for (id, value) in assigns {
            let v = self.map[&value];
            let spec = self.work.values[v].spec.clone();
            let at = self.work.variable(id, spec);
            // A variable that is assigned its own old value stays as it is.
            if self.work.values[self.work.root(v)].source != Source::Variable(at) {
                overwritten.push(at);
                wanted.push((v, Place::Variable(at)));
            }
        }
        wanted.extend(outputs.iter().enumerate().map(|(i, v)| (self.map[v], Place::Output(i))));
        let mut snapshots: HashMap<Val, Val> = HashMap::new();
        for (v, place) in wanted {
            let root = self.work.root(v);
            let Info { source, home, .. } = &mut self.work.values[root];
            match source {
                Source::Node(_) if home.is_none() => *home = Some(place),
                // The old value of a variable that is written: save it before anything is, so that copies cannot chase each
                // other in a circle (a, b = b, a).
                Source::Variable(at) if overwritten.contains(at) => {
                    let saved = *snapshots.entry(root).or_insert_with(|| {
                        let node = self.work.copy(root, None);
                        self.work.nodes[node].outputs[0]
                    });
                    self.work.copy(saved, Some(place));
                }
                _ => {
                    self.work.copy(v, Some(place));
                }
            }
        }
        Ok(self.work)
    }
}
