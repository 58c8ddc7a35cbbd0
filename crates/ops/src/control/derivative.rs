//! The derivative of a scan: a scan backwards over the body's vector-Jacobian product.
//!
//! It carries the gradients of the carried values, and those of what every step gets, unless they can be summed up at once when
//! the steps are done. Of the forward pass it reads the
//! carries before each step and the results of kernels; the rest it computes again.
//!
//! Source: Bradbury et al., *JAX: composable transformations of Python+NumPy programs*, 2018 (the transpose of `lax.scan`).

use super::{
    body::{Body, needed},
    scan::{Recorded, Scan},
    sums::Sum,
};
use crate::{GraphOps, gradients, movement::full};
use kerosene_ir::{Error, Graph, Result, Spec, Value, Vjp};
use std::{collections::HashMap, sync::Arc};

/// A parameter of the backward step, and the value of the outer graph it gets.
type Pair = (Value, Value);

pub(super) fn vjp(scan: &Scan, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
    let specs: Vec<Spec> = cx.inputs.iter().map(|&v| cx.graph.spec(v).clone()).collect();
    let specs: Vec<&Spec> = specs.iter().collect();
    let (outputs, grads) = with_all_outputs(scan, cx)?;
    let (n, moving) = (scan.carries, scan.carries + scan.sequences);
    let Recorded { graph: mut step, parameters, carries, stacked } = scan.record(&specs)?;

    // What the forward pass left, by the value of the step: what the backward step reads instead of computing it.
    let mut known: Vec<Pair> = (n..moving).map(|i| (parameters[i], cx.inputs[i])).collect();
    for (j, &v) in stacked.iter().enumerate() {
        if !known.iter().any(|k| k.0 == v) && !parameters[moving..].contains(&v) && step.literal(v).is_none() {
            known.push((v, outputs[n + j]));
        }
    }

    // Gradients that come in: of the new carries from the step after, of what is stacked from outside.
    let (mut targets, mut seeds, mut carried, mut slices): (Vec<Value>, Vec<_>, Vec<Pair>, Vec<Pair>) =
        Default::default();
    let float = |g: &Graph, v: Value| g.spec(v).dtype.is_float();
    for i in (0..n).filter(|&i| specs[i].dtype.is_float()) {
        let seed = step.input(step.spec(carries[i]).clone());
        targets.push(carries[i]);
        seeds.push(Some(seed));
        let last = match grads[i] {
            Some(g) => g,
            None => zeros(cx.graph, outputs[i])?,
        };
        carried.push((seed, last));
    }
    for (j, &v) in stacked.iter().enumerate() {
        let Some(g) = grads[n + j].filter(|_| float(&step, v)) else { continue };
        let seed = step.input(step.spec(v).clone());
        targets.push(v);
        seeds.push(Some(seed));
        slices.push((seed, g));
    }

    let wanted: Vec<usize> =
        (0..specs.len()).filter(|&i| specs[i].dtype.is_float() && (i < n || cx.needs[i])).collect();
    let wrt: Vec<Value> = wanted.iter().map(|&i| parameters[i]).collect();
    let slopes = gradients(&mut step, &targets, &seeds, &wrt)?;

    // The results: new gradients of the carries, sums, and a slice for each sequence. `to` says whose gradient each is.
    let steps = scan.steps(&specs)?;
    let (mut results, mut to_carries, mut to_slices, mut rows) = (vec![], vec![], vec![], vec![]);
    let mut sums: Vec<(usize, Sum)> = vec![];
    for (&i, d) in wanted.iter().zip(slopes) {
        match d {
            d if i < n => {
                let zero = |g: &mut Graph| zeros(g, parameters[i]);
                results.push(d.map_or_else(|| zero(&mut step), Ok)?);
                to_carries.push(i);
            }
            None => {}
            Some(d) if i < moving => {
                rows.push(d);
                to_slices.push(i);
            }
            Some(d) if Sum::new(&step, d, steps).is_some() => sums.extend(Sum::new(&step, d, steps).map(|s| (i, s))),
            Some(d) => {
                let sum = step.input(step.spec(parameters[i]).clone());
                results.push(step.add(sum, d)?);
                carried.push((sum, zeros(cx.graph, cx.inputs[i])?));
                to_carries.push(i);
            }
        }
    }
    // What sums at the end read must be stacked, unless it is already.
    let stacks: HashMap<Value, Value> = known.iter().chain(&slices).copied().collect();
    let first = results.len();
    for v in sums.iter().flat_map(|(_, sum)| &sum.inputs) {
        if !stacks.contains_key(v) && !rows.contains(v) {
            rows.push(*v);
        }
    }
    results.extend(&rows);

    let every: Vec<Pair> = parameters[moving..].iter().copied().zip(cx.inputs[moving..].iter().copied()).collect();
    slices.extend(known);
    let cuts: Vec<Value> = carried.iter().chain(&slices).chain(&every).map(|p| p.0).collect();
    let live = needed(&step, &cuts, &results);
    let live = |pairs: Vec<Pair>| -> Vec<Pair> { pairs.into_iter().filter(|p| live.contains(&p.0)).collect() };
    let (slices, every) = (live(slices), live(every));
    let all: Vec<Pair> = carried.iter().chain(&slices).chain(&every).copied().collect();
    let (inside, mut outside): (Vec<Value>, Vec<Value>) = all.into_iter().unzip();
    let still = carried.len() + slices.len();
    let may = |p: usize| p >= still && cx.graph.spec(outside[p]).rank() == 2;
    let (body, swapped) = Body::extract(&step, &inside, &results)?.swapped(may);
    for p in swapped {
        let v = cx.graph.transpose(outside[p], &[1, 0])?;
        outside.push(v);
    }
    let back = Scan {
        body,
        carries: carried.len(),
        sequences: slices.len(),
        reverse: !scan.reverse,
        length: steps,
        outputs: None,
    };
    let made = cx.graph.push(Arc::new(back), &outside)?;
    let mut out = vec![None; specs.len()];
    for (&i, &v) in to_carries.iter().chain(&to_slices).zip(&made) {
        out[i] = Some(v).filter(|_| cx.needs[i]);
    }
    for (i, sum) in sums {
        let row = |v: &Value| rows.iter().position(|r| r == v).map(|at| made[first + at]);
        let read: Option<Vec<Value>> = sum.inputs.iter().map(|v| stacks.get(v).copied().or_else(|| row(v))).collect();
        let read = read.ok_or_else(|| Error::internal("scan: a sum reads what was not stacked."))?;
        out[i] = Some(sum.take(cx.graph, &read)?);
    }
    Ok(out)
}

/// All outputs and their gradients, also where the recorded scan has only some of its outputs.
fn with_all_outputs(scan: &Scan, cx: &mut Vjp<'_>) -> Result<(Vec<Value>, Vec<Option<Value>>)> {
    let Some(given) = &scan.outputs else { return Ok((cx.outputs.to_vec(), cx.grads.to_vec())) };
    let whole = cx.graph.push(Arc::new(Scan { outputs: None, ..scan.clone() }), cx.inputs)?.to_vec();
    let mut grads = vec![None; whole.len()];
    for (&o, &g) in given.iter().zip(cx.grads) {
        grads[o] = g;
    }
    Ok((whole, grads))
}

fn zeros(graph: &mut Graph, like: Value) -> Result<Value> {
    let spec = graph.spec(like).clone();
    full(graph, &spec, 0.0)
}
