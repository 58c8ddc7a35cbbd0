//! What a loop's body computes from the sequences alone, computed for all steps at once before the loop: of a recurrent layer
//! the product of its inputs, which is one large matrix product instead of many small ones, and so are its derivatives.

use super::{
    body::{Body, needed},
    scan::{Recorded, Scan},
};
use kerosene_ir::{Graph, Kind, Result, Spec, Value};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The loop without what could be taken out of it, recorded; none where there is nothing worth it.
pub(super) fn hoisted(scan: &Scan, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
    let specs: Vec<Spec> = inputs.iter().map(|&v| graph.try_spec(v).cloned()).collect::<Result<_>>().ok()?;
    let specs: Vec<&Spec> = specs.iter().collect();
    // An error of the body comes when the loop itself is recorded.
    let step = scan.record(&specs).ok()?;
    let out = Out::of(scan, &step)?;
    Some(out.record(scan, &step, graph, inputs))
}

/// What is taken out.
struct Out {
    /// Values of the step that have one element for each step of the loop outside.
    along: HashSet<Value>,
    /// Those that the rest of the body reads.
    front: Vec<Value>,
}

impl Out {
    fn of(scan: &Scan, step: &Recorded) -> Option<Self> {
        let (graph, moving) = (&step.graph, scan.carries + scan.sequences);
        let results = results(scan, step);
        let live = needed(graph, &[], &results);
        let given = &step.parameters[scan.carries..moving];
        let mut along: HashSet<Value> = given.iter().copied().collect();
        // What is the same at every step.
        let mut still: HashSet<Value> = step.parameters[moving..].iter().copied().collect();
        let mut worth = false;
        for (_, node) in graph.nodes() {
            let outputs: Vec<Value> = node.outputs().collect();
            let Kind::Op(op) = &node.kind else {
                if matches!(node.kind, Kind::Constant(_)) {
                    still.extend(outputs);
                }
                continue;
            };
            if outputs.len() != 1 || !live.contains(&outputs[0]) || node.inputs.is_empty() {
                continue;
            }
            if node.inputs.iter().all(|v| still.contains(v)) {
                still.extend(outputs);
                continue;
            }
            let moves: Vec<bool> = node.inputs.iter().map(|v| along.contains(v)).collect();
            let known = node.inputs.iter().all(|v| along.contains(v) || still.contains(v));
            let ranks: Vec<usize> = node.inputs.iter().map(|&v| graph.spec(v).rank()).collect();
            if known && op.at_all_steps(&moves, &ranks) {
                worth |= !op.traits().elementwise && !op.traits().alias;
                along.extend(outputs);
            }
        }
        if !worth {
            return None;
        }
        let mut read: HashSet<Value> = results.iter().copied().filter(|v| along.contains(v)).collect();
        for (_, node) in graph.nodes() {
            let stays = node.outputs().any(|v| live.contains(&v) && !along.contains(&v));
            if stays && matches!(node.kind, Kind::Op(_)) {
                read.extend(node.inputs.iter().filter(|v| along.contains(v)));
            }
        }
        // In the order in which they were recorded.
        let mut front: Vec<Value> = read.into_iter().collect();
        front.sort_unstable();
        Some(Self { along, front })
    }

    fn record(&self, scan: &Scan, step: &Recorded, graph: &mut Graph, inputs: &[Value]) -> Result<Vec<Value>> {
        let mut outside: HashMap<Value, Value> = step.parameters.iter().copied().zip(inputs.iter().copied()).collect();
        for (_, node) in step.graph.nodes() {
            let Some(v) = node.outputs().next() else { continue };
            if let Kind::Op(op) = &node.kind
                && self.along.contains(&v)
            {
                let ins: Vec<Value> =
                    node.inputs.iter().map(|&i| still(&step.graph, graph, &mut outside, i)).collect::<Result<_>>()?;
                outside.insert(v, graph.push(op.clone(), &ins)?[0]);
            }
        }
        let results = results(scan, step);
        let moving: Vec<Value> = step.parameters[..scan.carries].iter().chain(&self.front).copied().collect();
        let read = needed(&step.graph, &moving, &results);
        let every = step.parameters[scan.carries + scan.sequences..].iter().filter(|v| read.contains(v));
        let inside: Vec<Value> = moving.iter().chain(every).copied().collect();
        let rest = Scan {
            body: Body::extract(&step.graph, &inside, &results)?,
            sequences: self.front.len(),
            length: scan.steps(&inputs.iter().map(|&v| graph.spec(v)).collect::<Vec<_>>())?,
            ..scan.clone()
        };
        let ins: Vec<Value> = inside.iter().map(|v| outside[v]).collect();
        Ok(graph.push(Arc::new(rest), &ins)?.to_vec())
    }
}

/// The body's own results: not what is kept for the derivative, which the loop that is recorded decides for itself.
fn results(scan: &Scan, step: &Recorded) -> Vec<Value> {
    let count = scan.body.results().len() - scan.carries;
    step.carries.iter().chain(&step.stacked[..count]).copied().collect()
}

/// The value outside of one that is there, or the same at every step, which is then computed outside.
fn still(from: &Graph, to: &mut Graph, outside: &mut HashMap<Value, Value>, v: Value) -> Result<Value> {
    if let Some(&known) = outside.get(&v) {
        return Ok(known);
    }
    let node = from.node(from.producer(v));
    let made = match &node.kind {
        Kind::Constant(literal) => to.constant(literal.clone()),
        Kind::Op(op) => {
            let ins: Vec<Value> = node.inputs.iter().map(|&i| still(from, to, outside, i)).collect::<Result<_>>()?;
            to.push(op.clone(), &ins)?[0]
        }
        _ => unreachable!("inputs are there"),
    };
    outside.insert(v, made);
    Ok(made)
}

#[cfg(test)]
mod tests {
    use kerosene_ir::{DType, Graph, Spec};

    /// h' = h + tanh(x · w), stacked: the product and its tanh need no h.
    #[test]
    fn what_only_reads_sequences_is_computed_before_the_loop() {
        let mut graph = Graph::new();
        let inputs = [&[2, 4][..], &[5, 2, 3], &[3, 4]].map(|shape| graph.input(Spec::known(DType::F32, shape)));
        let body = r#"{"parameters":3,"results":[5,5],"steps":[
            {"op":"matmul","attrs":{"transpose_a":false,"transpose_b":false},"inputs":[1,2],"outputs":1},
            {"op":"tanh","attrs":{},"inputs":[3],"outputs":1},
            {"op":"add","attrs":{},"inputs":[0,4],"outputs":1}]}"#;
        let attrs = format!(r#"{{"body":{body},"carries":1,"sequences":1}}"#);
        let made = crate::push(&mut graph, "scan", &attrs, &inputs).unwrap();
        assert_eq!(graph.spec(made[1]), &Spec::known(DType::F32, &[5, 2, 4]));
        let ops: Vec<_> = graph.nodes().filter_map(|(_, n)| n.op().map(|op| op.name())).collect();
        assert_eq!(ops, ["matmul", "tanh", "scan"]);
        let (_, scan) = graph.nodes().last().unwrap();
        // Only what the carry meets goes along, and nothing is the same at every step any more.
        let before = graph.nodes().rev().nth(1).unwrap().1.outputs().next().unwrap();
        assert_eq!(scan.inputs[..], [inputs[0], before][..]);
    }
}
