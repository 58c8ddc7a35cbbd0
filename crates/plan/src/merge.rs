//! Horizontal fusion: groups with the same code over different tensors (the optimizer's update of every variable) become one
//! step with many segments.

use crate::{
    space::{collapse, contiguous, space, strides},
    units::{Unit, Units},
    work::{Ix, Val, Work},
};
use kerosene_ir::DType;
use std::collections::HashMap;

/// What a lane reads, as far as the code depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Read {
    Lane(usize),
    Operand { index: usize, dtype: DType, scalar: bool },
}

type Signature = Vec<(&'static str, String, Vec<Read>, DType, bool)>;

/// Merges groups with equal code.
pub(crate) fn merge(work: &Work, units: &mut Units) {
    let mut kinds: HashMap<Signature, Vec<usize>> = HashMap::new();
    for u in 0..units.list.len() {
        let Some(signature) = signature(work, units, u) else { continue };
        let seen = kinds.entry(signature).or_default();
        match seen.iter().copied().find(|&o| units.independent(o, u)) {
            Some(o) => units.absorb(o, u, |into, from| into.segments.extend(from.segments)),
            None => seen.push(u),
        }
    }
}

/// Equal signatures: the same code, operand for operand. None for groups whose operands are not plain rows of elements or
/// single numbers.
fn signature(work: &Work, units: &Units, u: usize) -> Option<Signature> {
    let Unit { anchor: None, segments, followers } = &units.list[u] else { return None };
    let ([lanes], []) = (&segments[..], &followers[..]) else { return None };
    let out = work.nodes[*lanes.first()?].outputs[0];
    let dims = space(&work.values[out]);
    if dims.is_empty() {
        return None;
    }
    let mut operands: Vec<Val> = vec![];
    let mut signature = vec![];
    for &lane in lanes {
        let node = &work.nodes[lane];
        let mut reads = vec![];
        for &v in &node.inputs {
            if let Some(at) = inside(work, lanes, v) {
                reads.push(Read::Lane(at));
                continue;
            }
            let mut walk = vec![strides(work, v, node.outputs[0]), contiguous(&dims)];
            let scalar = walk[0].iter().all(|&s| s == 0);
            collapse(&dims, &mut walk);
            if !scalar && walk[0] != [1] {
                return None;
            }
            let index = operands.iter().position(|&o| o == v).unwrap_or_else(|| {
                operands.push(v);
                operands.len() - 1
            });
            reads.push(Read::Operand { index, dtype: work.values[v].spec.dtype, scalar });
        }
        let op = node.op.as_ref()?;
        let info = &work.values[node.outputs[0]];
        let stored = crate::memory::is_stored(work, units, lane);
        signature.push((op.name(), op.attrs(), reads, info.spec.dtype, stored));
    }
    Some(signature)
}

/// The place among `lanes` of the lane that computes `v`.
pub(crate) fn inside(work: &Work, lanes: &[Ix], v: Val) -> Option<usize> {
    let p = work.producer(v)?;
    lanes.iter().position(|&l| l == p)
}
