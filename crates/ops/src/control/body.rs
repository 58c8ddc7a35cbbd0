//! A piece of a graph as data: what a loop runs at every step.

use crate::lookup;
use kerosene_ir::{DType, Error, Graph, Kind, Literal, Op, Result, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Parameters, the constants and ops on them, and results. Values are numbered: the parameters, then the outputs of every
/// step in order. It has no specs of its own: they follow from the parameters' when it is recorded.
#[derive(Clone, Debug)]
pub struct Body(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parameters: usize,
    steps: Vec<Step>,
    results: Vec<usize>,
}

/// One step of a body.
#[derive(Clone, Debug)]
enum Step {
    Constant(Literal),
    Op { op: Arc<dyn Op>, inputs: Vec<usize>, outputs: usize },
}

impl Step {
    fn outputs(&self) -> usize {
        match self {
            Step::Constant(_) => 1,
            Step::Op { outputs, .. } => *outputs,
        }
    }
}

impl Body {
    /// The part of `graph` that computes `results` from `parameters`, which may be any of its values: what lies before them
    /// is left out.
    ///
    /// # Errors
    /// When a result depends on an input or a variable that is no parameter.
    pub fn extract(graph: &Graph, parameters: &[Value], results: &[Value]) -> Result<Body> {
        for &v in parameters.iter().chain(results) {
            graph.try_spec(v)?;
        }
        let live = needed(graph, parameters, results);
        let mut number: HashMap<Value, usize> = parameters.iter().enumerate().map(|(i, &v)| (v, i)).collect();
        let (mut next, mut steps) = (parameters.len(), vec![]);
        let cut: HashSet<Value> = parameters.iter().copied().collect();
        for (_, node) in graph.nodes() {
            if !node.outputs().any(|v| live.contains(&v) && !cut.contains(&v)) {
                continue;
            }
            let step = match &node.kind {
                Kind::Constant(literal) => Step::Constant(literal.clone()),
                Kind::Op(op) => Step::Op {
                    op: op.clone(),
                    inputs: node.inputs.iter().map(|v| number[v]).collect(),
                    outputs: node.outputs().len(),
                },
                _ => {
                    return Err(Error::value("A part of a graph reads a value from outside that is not handed to it."));
                }
            };
            for v in node.outputs() {
                number.entry(v).or_insert(next);
                next += 1;
            }
            steps.push(step);
        }
        let results = results.iter().map(|v| number[v]).collect();
        Ok(Body(Arc::new(Inner { parameters: parameters.len(), steps, results })))
    }

    /// How many parameters it takes.
    pub fn parameters(&self) -> usize {
        self.0.parameters
    }

    /// The numbers of its results.
    pub fn results(&self) -> &[usize] {
        &self.0.results
    }

    /// Which parameters it reads.
    pub fn reads(&self) -> Vec<bool> {
        let mut reads = vec![false; self.0.parameters];
        let inputs = self.0.steps.iter().flat_map(|step| match step {
            Step::Constant(_) => &[],
            Step::Op { inputs, .. } => &inputs[..],
        });
        for &i in inputs.chain(&self.0.results) {
            if let Some(read) = reads.get_mut(i) {
                *read = true;
            }
        }
        reads
    }

    /// Records it with each op's checks, and gives its results.
    ///
    /// # Errors
    /// For another number of parameters; when an op does not take what it gets.
    pub fn inline(&self, graph: &mut Graph, parameters: &[Value]) -> Result<Vec<Value>> {
        if parameters.len() != self.0.parameters {
            let (want, got) = (self.0.parameters, parameters.len());
            return Err(Error::value(format!("A part of a graph takes {want} values, but received {got}.")));
        }
        let values = self.record(graph, parameters)?;
        Ok(self.0.results.iter().map(|&r| values[r]).collect())
    }

    /// Records it and gives all its values by number.
    ///
    /// # Errors
    /// When an op does not take what it gets.
    pub fn record(&self, graph: &mut Graph, parameters: &[Value]) -> Result<Vec<Value>> {
        let mut values = parameters.to_vec();
        for step in &self.0.steps {
            match step {
                Step::Constant(literal) => values.push(graph.constant(literal.clone())),
                Step::Op { op, inputs, outputs } => {
                    let inputs: Vec<Value> = inputs.iter().map(|&i| values[i]).collect();
                    let made = graph.push(op.clone(), &inputs)?;
                    if made.len() != *outputs {
                        let (name, n) = (op.name(), made.len());
                        return Err(Error::value(format!("A loop's body has {outputs} outputs of {name}, not {n}.")));
                    }
                    values.extend(made);
                }
            }
        }
        Ok(values)
    }

    /// The body that gets some of its parameters a second time, behind the others, with their last two axes swapped, because its ops
    /// would rather read them so; and which parameters. `may` says which can be had.
    pub fn swapped(&self, may: impl Fn(usize) -> bool) -> (Body, Vec<usize>) {
        let Inner { parameters, steps, results } = &*self.0;
        let mut swapped: Vec<usize> = vec![];
        let wanted = |step: &Step| match step {
            Step::Op { op, inputs, .. } => op.swapped().filter(|(_, i)| inputs[*i] < *parameters && may(inputs[*i])),
            Step::Constant(_) => None,
        };
        for step in steps {
            if let (Some((_, i)), Step::Op { inputs, .. }) = (wanted(step), step)
                && !swapped.contains(&inputs[i])
            {
                swapped.push(inputs[i]);
            }
        }
        let moved = |v: usize| if v < *parameters { v } else { v + swapped.len() };
        let again = |p: usize| parameters + swapped.iter().position(|&s| s == p).expect("collected above");
        let step = |step: &Step| match step {
            Step::Constant(literal) => Step::Constant(literal.clone()),
            Step::Op { op, inputs, outputs } => {
                let mut made: Vec<usize> = inputs.iter().map(|&v| moved(v)).collect();
                let op = match wanted(step) {
                    Some((other, i)) => {
                        made[i] = again(inputs[i]);
                        other
                    }
                    None => op.clone(),
                };
                Step::Op { op, inputs: made, outputs: *outputs }
            }
        };
        let inner = Inner {
            parameters: parameters + swapped.len(),
            steps: steps.iter().map(step).collect(),
            results: results.iter().map(|&v| moved(v)).collect(),
        };
        (Body(Arc::new(inner)), swapped)
    }

    /// Values worth keeping for the derivative: what kernels and dear functions compute from one of the first `moving` parameters.
    /// Other elementwise functions of them are cheaper computed again.
    pub fn costly(&self, moving: usize) -> Vec<usize> {
        let mut moves: Vec<bool> = (0..self.0.parameters).map(|i| i < moving).collect();
        let mut out = vec![];
        for step in &self.0.steps {
            let first = moves.len();
            let (depends, costs) = match step {
                Step::Constant(_) => (false, false),
                Step::Op { op, inputs, .. } => {
                    let traits = op.traits();
                    (inputs.iter().any(|&i| moves[i]), traits.dear || (!traits.elementwise && !traits.alias))
                }
            };
            moves.extend(std::iter::repeat_n(depends, step.outputs()));
            if depends && costs {
                out.extend(first..moves.len());
            }
        }
        out
    }
}

/// The values that `results` are computed from, parameters among them, and nothing before the parameters.
pub fn needed(graph: &Graph, parameters: &[Value], results: &[Value]) -> HashSet<Value> {
    let cut: HashSet<Value> = parameters.iter().copied().collect();
    let mut live: HashSet<Value> = results.iter().copied().collect();
    for (_, node) in graph.nodes().rev() {
        if node.outputs().any(|v| live.contains(&v) && !cut.contains(&v)) {
            live.extend(&node.inputs);
        }
    }
    live
}

/// The form on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    parameters: usize,
    steps: Vec<WireStep>,
    results: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum WireStep {
    Op { op: String, attrs: serde_json::Value, inputs: Vec<usize>, outputs: usize },
    Constant { dtype: String, shape: Vec<usize>, data: String },
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        let step = |step: &Step| match step {
            Step::Constant(literal) => WireStep::Constant {
                dtype: literal.spec().dtype.name().into(),
                shape: literal.spec().shape.iter().map(|d| d.unwrap_or(0)).collect(),
                data: literal.bytes().iter().map(|b| format!("{b:02x}")).collect(),
            },
            Step::Op { op, inputs, outputs } => WireStep::Op {
                op: op.name().into(),
                attrs: serde_json::from_str(&op.attrs()).expect("attributes are JSON"),
                inputs: inputs.clone(),
                outputs: *outputs,
            },
        };
        let Inner { parameters, steps, results } = &*self.0;
        Wire { parameters: *parameters, steps: steps.iter().map(step).collect(), results: results.clone() }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        from_wire(Wire::deserialize(d)?).map_err(|e| de::Error::custom(e.message))
    }
}

fn from_wire(wire: Wire) -> Result<Body> {
    let mut count = wire.parameters;
    let mut steps = vec![];
    let check = |numbers: &[usize], count: usize| match numbers.iter().find(|&&i| i >= count) {
        Some(i) => Err(Error::value(format!("a loop's body reads value {i}, but only {count} are there"))),
        None => Ok(()),
    };
    for step in wire.steps {
        let step = match step {
            WireStep::Constant { dtype, shape, data } => {
                let dtype: DType = dtype.parse()?;
                let bad = || Error::value("a constant of a loop's body is not written in pairs of hexadecimal digits");
                let byte = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok();
                let bytes: Option<Vec<u8>> = data.as_bytes().chunks(2).map(byte).collect();
                Step::Constant(Literal::new(dtype, &shape, &bytes.ok_or_else(bad)?)?)
            }
            WireStep::Op { op, attrs, inputs, outputs } => {
                check(&inputs, count)?;
                let def = lookup(&op)?;
                if def.composite {
                    return Err(Error::value(format!("a loop's body cannot hold the composite {op}")));
                }
                crate::registry::check_arity(def, inputs.len())?;
                Step::Op { op: (def.make)(&attrs.to_string())?, inputs, outputs }
            }
        };
        count = count.saturating_add(step.outputs());
        steps.push(step);
    }
    check(&wire.results, count)?;
    Ok(Body(Arc::new(Inner { parameters: wire.parameters, steps, results: wire.results })))
}
