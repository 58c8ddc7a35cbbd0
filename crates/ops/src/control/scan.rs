//! A body again and again, its carried values from step to step

use super::{body::Body, derivative, hoist, samples};
use crate::{Define, Lower, Lowered, Param, Sample, def, def::param, lower::Loop};
use kerosene_ir::{Dim, Error, Graph, Op, Result, Spec, Traits, Value, Vjp, format_shape};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A body again and again, its carried values from step to step
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    pub(super) body: Body,
    pub(super) carries: usize,
    pub(super) sequences: usize,
    #[serde(default)]
    pub(super) reverse: bool,
    #[serde(default)]
    pub(super) length: Option<usize>,
    /// Which of all outputs there are; null: all.
    #[serde(default)]
    pub(super) outputs: Option<Vec<usize>>,
}

/// One step of a scan, recorded.
pub(super) struct Recorded {
    pub graph: Graph,
    pub parameters: Vec<Value>,
    /// New values of the carries.
    pub carries: Vec<Value>,
    /// What is stacked: the results of the user's, then what is kept for the derivative.
    pub stacked: Vec<Value>,
}

impl Scan {
    /// The number of steps, where known.
    pub(super) fn steps(&self, inputs: &[&Spec]) -> Result<Dim> {
        let mut length = self.length;
        for s in self.along(inputs) {
            let Some(&first) = s.shape.first() else {
                return Err(Error::value("scan: a sequence needs an axis to step along, but received a scalar."));
            };
            length = match (length, first) {
                (Some(a), Some(b)) if a != b => {
                    return Err(Error::value(format!(
                        "scan: expected sequences of one length, but received {a} and {b}."
                    )));
                }
                (a, b) => a.or(b),
            };
        }
        if length.is_none() && self.sequences == 0 {
            return Err(Error::value("scan: without sequences it needs a length."));
        }
        Ok(length)
    }

    fn along<'a, 'b>(&self, inputs: &'b [&'a Spec]) -> &'b [&'a Spec] {
        &inputs[self.carries..self.carries + self.sequences]
    }

    /// Records one step.
    pub(super) fn record(&self, inputs: &[&Spec]) -> Result<Recorded> {
        let results = self.body.results();
        let wanted = self.body.parameters();
        if inputs.len() != wanted
            || self.carries.saturating_add(self.sequences) > wanted
            || results.len() < self.carries
        {
            return Err(Error::value(format!("scan: its body takes {wanted} inputs, but received {}.", inputs.len())));
        }
        self.steps(inputs)?;
        let mut graph = Graph::new();
        let one = |(i, s): (usize, &&Spec)| match i {
            i if (self.carries..self.carries + self.sequences).contains(&i) => {
                Spec::new(s.dtype, s.shape.iter().skip(1).copied())
            }
            _ => (*s).clone(),
        };
        let parameters: Vec<Value> = inputs.iter().enumerate().map(|i| graph.input(one(i))).collect();
        let values = self.body.record(&mut graph, &parameters)?;
        let (carries, stacked) = self.places();
        let of = |numbers: Vec<usize>| numbers.into_iter().map(|r| values[r]).collect();
        Ok(Recorded { graph, parameters, carries: of(carries), stacked: of(stacked) })
    }

    /// The numbers of the body's values that are carried on, and of those that are stacked.
    pub(super) fn places(&self) -> (Vec<usize>, Vec<usize>) {
        let (carries, stacked) = self.body.results().split_at(self.carries);
        (carries.to_vec(), stacked.iter().copied().chain(self.kept()).collect())
    }

    /// The body's values that are given for the derivative besides the results: the carries before each step, and what is
    /// not cheap to compute again.
    fn kept(&self) -> Vec<usize> {
        let results = &self.body.results()[self.carries..];
        let costly = self.body.costly(self.carries + self.sequences);
        (0..self.carries).chain(costly).filter(|v| !results.contains(v)).collect()
    }

    /// The specs of all outputs.
    fn all(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let steps = self.steps(inputs)?;
        let step = self.record(inputs)?;
        let mut out = vec![];
        for (i, &v) in step.carries.iter().enumerate() {
            let (old, new) = (inputs[i], step.graph.spec(v));
            let fits = |(a, b): (&Dim, &Dim)| a.is_none() || b.is_none() || a == b;
            if old.dtype != new.dtype || old.rank() != new.rank() || !old.shape.iter().zip(&new.shape).all(fits) {
                return Err(Error::value(format!(
                    "scan: a carried value must keep its shape and dtype, but {old} became {new} in one step."
                )));
            }
            out.push(Spec::new(old.dtype, old.shape.iter().zip(&new.shape).map(|(a, b)| a.or(*b))));
        }
        for &v in &step.stacked {
            let s = step.graph.spec(v);
            out.push(Spec::new(s.dtype, std::iter::once(steps).chain(s.shape.iter().copied())));
        }
        Ok(out)
    }

    /// Which of all outputs, of which there are so many, are given.
    fn given(&self, all: usize) -> Result<Vec<usize>> {
        match &self.outputs {
            None => Ok((0..all).collect()),
            Some(list) if list.iter().all(|&o| o < all) => Ok(list.clone()),
            Some(_) => Err(Error::value(format!("scan: it has {all} outputs; `outputs` asks for others."))),
        }
    }
}

impl Op for Scan {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let all = self.all(inputs)?;
        Ok(self.given(all.len())?.into_iter().map(|o| all[o].clone()).collect())
    }

    fn prune(&self, used: &[bool]) -> Option<Arc<dyn Op>> {
        let all = self.body.results().len() + self.kept().len();
        let given = self.given(all).ok()?;
        let outputs = given.into_iter().zip(used).filter(|(_, used)| **used).map(|(o, _)| o).collect();
        Some(Arc::new(Self { outputs: Some(outputs), ..self.clone() }))
    }

    fn flops(&self, inputs: &[&Spec], _: &[&Spec]) -> f64 {
        let (Ok(Some(steps)), Ok(step)) = (self.steps(inputs), self.record(inputs)) else { return 0.0 };
        let graph = &step.graph;
        let of = |node: &kerosene_ir::Node| {
            let inputs: Vec<&Spec> = node.inputs.iter().map(|&v| graph.spec(v)).collect();
            let outputs: Vec<&Spec> = node.outputs().map(|v| graph.spec(v)).collect();
            node.op().map_or(0.0, |op| op.flops(&inputs, &outputs))
        };
        steps as f64 * graph.nodes().map(|(_, node)| of(node)).sum::<f64>()
    }

    fn traits(&self) -> Traits {
        Traits { serial: true, ..Traits::default() }
    }

    fn instead(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        if self.outputs.is_some() { None } else { hoist::hoisted(self, graph, inputs) }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        samples::unrolled(self, graph, inputs)
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        derivative::vjp(self, cx)
    }
}

impl Lower for Scan {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let steps = self.steps(inputs)?;
        let steps = steps.ok_or_else(|| Error::value("scan: the number of steps must be known here."))?;
        let step = self.record(inputs)?;
        for (i, &v) in step.carries.iter().enumerate() {
            if inputs[i] != step.graph.spec(v) {
                let (old, new) = (format_shape(&inputs[i].shape), format_shape(&step.graph.spec(v).shape));
                return Err(Error::value(format!("scan: a carried value of shape {old} became {new} in one step.")));
            }
        }
        let given = self.given(self.carries + step.stacked.len())?;
        let place = |o: usize| given.iter().position(|&g| g == o);
        let finals = (0..self.carries).map(place).collect();
        let stacked: Vec<(Value, usize)> =
            step.stacked.iter().enumerate().filter_map(|(j, &v)| Some((v, place(self.carries + j)?))).collect();
        Ok(Lowered::Loop(Box::new(Loop {
            body: step.graph,
            sequences: self.sequences,
            steps,
            reverse: self.reverse,
            carries: step.carries,
            finals,
            stacked,
        })))
    }
}

impl Define for Scan {
    const NAME: &'static str = "scan";
    const DOC: &'static str = "Runs a body once for each element along the first axis of the sequences. The inputs are the carried values, the sequences, and what every step gets as it is; the body takes them in this order (of a sequence one element) and gives the new carried values and what is stacked along a first axis. The outputs are the last carried values and the stacks, and after them what the derivative reads.";
    const INPUTS: &'static [&'static str] = &["...xs"];
    const PARAMS: &'static [Param] = &[
        param("body", "Body", "", "What runs at each step."),
        param("carries", "number", "", "How many values are carried."),
        param("sequences", "number", "", "How many sequences there are."),
        param("reverse", "boolean", "false", "Whether it steps from the end of the sequences to their start."),
        param("length", "number | null", "null", "The number of steps; needed without sequences."),
        param("outputs", "number[] | null", "null", "Which of the outputs are given; null: all."),
    ];

    fn samples() -> Vec<Sample> {
        samples::samples()
    }
}
