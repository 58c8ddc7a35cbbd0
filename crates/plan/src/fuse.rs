//! Which nodes become one step: elementwise nodes with their neighbours, elementwise groups with the kernel whose result they
//! work on, scalar work with other scalar work.

use crate::{
    follow::follow,
    sink::sink,
    space::space,
    units::{Units, one_segment},
    work::{Ix, Work},
};
use std::collections::HashSet;

/// Lanes in a group: more would not keep their operands in the first cache.
const MOST_LANES: usize = 48;
/// Different operands of a group, for the same reason.
const MOST_OPERANDS: usize = 32;
/// Lanes in a group of scalars, where nothing needs a cache.
const MOST_SCALARS: usize = 160;
/// Different operands of such a group.
const MOST_SCALAR_OPERANDS: usize = 256;

/// Groups the nodes into units.
pub(crate) fn fuse(work: &Work) -> Units {
    let mut units = Units::new(work);
    chains(work, &mut units);
    epilogues(work, &mut units);
    sink(work, &mut units);
    follow(work, &mut units);
    scalars(work, &mut units);
    units
}

/// The same without kernels: elementwise nodes alone.
pub(crate) fn fuse_elementwise(work: &Work) -> Units {
    let mut units = Units::new(work);
    chains(work, &mut units);
    sink(work, &mut units);
    scalars(work, &mut units);
    units
}

/// The iteration space of a lane.
pub(crate) fn over(work: &Work, lane: Ix) -> Vec<usize> {
    space(&work.values[work.nodes[lane].outputs[0]])
}

fn fits(work: &Work, units: &Units, a: usize, b: usize) -> bool {
    let lanes: Vec<Ix> = units.list[a].segments.iter().chain(&units.list[b].segments).flatten().copied().collect();
    few(work, &lanes)
}

/// Whether these lanes may be one group.
pub(crate) fn few(work: &Work, lanes: &[Ix]) -> bool {
    let inside: HashSet<Ix> = lanes.iter().copied().collect();
    let read: HashSet<usize> = lanes
        .iter()
        .flat_map(|&l| &work.nodes[l].inputs)
        .map(|&v| work.root(v))
        .filter(|&v| work.producer(v).is_none_or(|p| !inside.contains(&p)))
        .collect();
    let scalar = lanes.first().is_some_and(|&l| over(work, l).is_empty());
    let (most, reads) = if scalar { (MOST_SCALARS, MOST_SCALAR_OPERANDS) } else { (MOST_LANES, MOST_OPERANDS) };
    lanes.len() <= most && read.len() <= reads
}

/// Elementwise nodes join the groups of what they read, and groups that read the same result of one join each other.
fn chains(work: &Work, units: &mut Units) {
    for n in 0..work.nodes.len() {
        if !work.is_lane(n) {
            continue;
        }
        let space = over(work, n);
        for &v in &work.nodes[n].inputs {
            let Some(p) = work.producer(v) else { continue };
            // A view of other dimensions is walked alike only when the spaces agree.
            if !work.is_lane(p) || over(work, p) != space || crate::space::space(&work.values[v]) != space {
                continue;
            }
            let (a, b) = (units.of[p], units.of[n]);
            if a != b && fits(work, units, a, b) && units.joinable(a, b) {
                units.absorb(a, b, one_segment);
            }
        }
    }
}

/// A group over the elements of a kernel's result follows it while they are hot.
fn epilogues(work: &Work, units: &mut Units) {
    for n in 0..work.nodes.len() {
        let node = &work.nodes[n];
        if !node.traits.tail || node.outputs.len() != 1 || work.is_lane(n) {
            continue;
        }
        let space = space(&work.values[node.outputs[0]]);
        for r in units.readers[n].clone() {
            let (a, g) = (units.of[n], units.of[r]);
            if a == g || !units.list[g].is_group() || !work.is_lane(r) || over(work, r) != space {
                continue;
            }
            let reads = |&v: &usize| work.producer(v) == Some(n) && crate::space::space(&work.values[v]) == space;
            if !work.nodes[r].inputs.iter().any(reads) || !fits(work, units, a, g) || !units.joinable(a, g) {
                continue;
            }
            units.absorb(a, g, one_segment);
        }
    }
}

/// Scalars cost a call each, wherever they come from: as few steps as the order between them allows.
fn scalars(work: &Work, units: &mut Units) {
    let mut open: Vec<usize> = vec![];
    for n in 0..work.nodes.len() {
        let u = units.of[n];
        let unit = &units.list[u];
        // Where kernels follow, what reads their results must come after them.
        let grows = unit.is_group() && unit.followers.is_empty();
        if !work.is_lane(n) || !grows || !over(work, n).is_empty() || open.contains(&u) {
            continue;
        }
        match open.iter().copied().find(|&o| fits(work, units, o, u) && units.joinable(o, u)) {
            Some(o) => units.absorb(o, u, one_segment),
            None => open.push(u),
        }
    }
}
