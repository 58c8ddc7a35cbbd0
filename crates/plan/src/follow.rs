//! Kernels that take a tensor in parts (statistics, sums) follow the step that computes it: each part is read while it is in cache.

use crate::{
    units::Units,
    work::{Ix, Val, Work},
};

/// Lets such kernels join the unit of their first input.
pub(crate) fn follow(work: &Work, units: &mut Units) {
    for n in 0..work.nodes.len() {
        let node = &work.nodes[n];
        if !node.traits.follows || work.is_lane(n) || !units.list[units.of[n]].segments.is_empty() {
            continue;
        }
        let Some(p) = work.producer(node.inputs[0]) else { continue };
        let (into, from) = (units.of[p], units.of[n]);
        let inside = |&v: &Val| work.producer(v).is_some_and(|q| units.of[q] == into);
        if may_lead(work, units, p)
            && work.values[node.inputs[0]].bytes > 0
            && !node.inputs[1..].iter().any(inside)
            && units.joinable(into, from)
        {
            units.absorb(into, from, |into, _| into.followers.push(n));
        }
    }
}

/// Whether the step that computes a node's result says which of its elements are finished.
fn may_lead(work: &Work, units: &Units, p: Ix) -> bool {
    let unit = &units.list[units.of[p]];
    let reports = unit.anchor.is_none_or(|n| work.nodes[n].traits.tail && work.nodes[n].outputs.len() == 1);
    reports && unit.segments.len() <= 1 && !unit.followers.contains(&p)
}
