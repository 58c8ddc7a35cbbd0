//! The plainest way to compute a graph: one node after the other, each value in memory of its own. Slow, and the meaning
//! that every plan must keep.

use super::loops::lowered;
use crate::memory::Memory;
use crate::variable::byte_size;
use kerosene_ir::{Error, Graph, Kind, Op, Result, Spec, Value, VariableId};
use kerosene_kernels::{Io, Pool};
use kerosene_ops::Lowered;
use std::collections::HashMap;

/// Computes `wanted` and returns their bytes; `inputs` are the graph's, `variables` holds the values at the start.
///
/// # Errors
/// When an op cannot run on these specs, or an input does not have its declared size.
pub fn evaluate(
    graph: &Graph,
    inputs: &[&[u8]],
    variables: &HashMap<VariableId, Vec<u8>>,
    wanted: &[Value],
) -> Result<Vec<Vec<u8>>> {
    let mut live = vec![false; graph.len()];
    for v in wanted {
        live[v.0 as usize] = true;
    }
    for (_, node) in graph.nodes().rev() {
        if node.outputs().any(|v| live[v.0 as usize]) {
            node.inputs.iter().for_each(|v| live[v.0 as usize] = true);
        }
    }
    let mut values: HashMap<Value, Vec<u8>> = HashMap::new();
    for (_, node) in graph.nodes() {
        if !node.outputs().any(|v| live[v.0 as usize]) {
            continue;
        }
        let first = node.outputs().next();
        match &node.kind {
            Kind::Input(i) => {
                let v = first.expect("an input has one output");
                let data = inputs.get(*i).filter(|d| byte_size("input", graph.spec(v)) == Ok(d.len()));
                let data = data.ok_or_else(|| Error::value(format!("Input {i} must be {}.", graph.spec(v))))?;
                values.insert(v, data.to_vec());
            }
            Kind::Constant(literal) => {
                values.insert(first.expect("a constant has one output"), literal.bytes().to_vec());
            }
            Kind::Variable(id) => {
                let data =
                    variables.get(id).ok_or_else(|| Error::internal(format!("Variable {} is missing.", id.0)))?;
                values.insert(first.expect("a variable has one output"), data.clone());
            }
            Kind::Op(op) => {
                let ins: Vec<(&Spec, &[u8])> =
                    node.inputs.iter().map(|v| (graph.spec(*v), values[v].as_slice())).collect();
                let outs: Vec<&Spec> = node.outputs().map(|v| graph.spec(v)).collect();
                let results = apply(&**op, &ins, &outs)?;
                values.extend(node.outputs().zip(results));
            }
        }
    }
    Ok(wanted.iter().map(|v| values[v].clone()).collect())
}

/// Computes one op.
///
/// # Errors
/// When it cannot run on these specs.
pub fn apply(op: &dyn Op, inputs: &[(&Spec, &[u8])], outputs: &[&Spec]) -> Result<Vec<Vec<u8>>> {
    let specs: Vec<&Spec> = inputs.iter().map(|(s, _)| *s).collect();
    let sizes = outputs.iter().map(|s| byte_size(op.name(), s)).collect::<Result<Vec<_>>>()?;
    // Copies, so that every address is aligned for every dtype.
    let operands = inputs.iter().map(|(_, data)| aligned(data)).collect::<Result<Vec<_>>>()?;
    let results = sizes.iter().map(|&n| Memory::new(n, op.name())).collect::<Result<Vec<_>>>()?;
    match lowered(op, &specs, outputs)? {
        Lowered::Alias => return Ok(vec![inputs[0].1.to_vec()]),
        Lowered::Kernel(kernel) => {
            let scratch = Memory::new(kernel.scratch, op.name())?;
            let ins: Vec<*const u8> = operands.iter().map(|m| m.start().cast_const()).collect();
            let outs: Vec<*mut u8> = results.iter().map(Memory::start).collect();
            let pool = Pool::new(1);
            kernel.run(&Io {
                inputs: &ins,
                outputs: &outs,
                scratch: scratch.start(),
                pool: &pool,
                tail: None,
                passing: None,
            });
        }
        Lowered::Loop(_) => return Err(Error::internal(format!("{} was to become a kernel.", op.name()))),
        Lowered::Lane(lane) => {
            let dims = outputs[0].dims(op.name())?;
            let strides: Vec<Vec<usize>> = specs.iter().map(|s| broadcast_strides(s, &dims)).collect();
            let size = outputs[0].dtype.size();
            for i in 0..dims.iter().product::<usize>() {
                let at = |k: usize| {
                    let (mut rest, mut at) = (i, 0);
                    for d in (0..dims.len()).rev() {
                        at += rest % dims[d] * strides[k][d];
                        rest /= dims[d];
                    }
                    // SAFETY: the strides walk within the operand.
                    unsafe { operands[k].start().add(at * specs[k].dtype.size()).cast_const() }
                };
                let ins: Vec<*const u8> = (0..specs.len()).map(at).collect();
                // SAFETY: one element of each operand, one of the result.
                unsafe { lane.run(&ins, results[0].start().add(i * size), 1) };
            }
        }
    }
    Ok(results.iter().zip(sizes).map(|(m, n)| bytes(m, n).to_vec()).collect())
}

fn aligned(data: &[u8]) -> Result<Memory> {
    let memory = Memory::new(data.len(), "An operand")?;
    // SAFETY: the memory has room for the data.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), memory.start(), data.len()) };
    Ok(memory)
}

fn bytes(memory: &Memory, n: usize) -> &[u8] {
    // SAFETY: the memory holds at least n bytes, all initialised.
    unsafe { std::slice::from_raw_parts(memory.start(), n) }
}

/// Strides in elements with which an operand is read over `dims`; 0 where it repeats.
fn broadcast_strides(spec: &Spec, dims: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; dims.len()];
    let mut step = 1;
    for (i, d) in spec.shape.iter().rev().enumerate() {
        let d = d.unwrap_or(1);
        if d != 1 {
            strides[dims.len() - 1 - i] = step;
        }
        step *= d;
    }
    strides
}
