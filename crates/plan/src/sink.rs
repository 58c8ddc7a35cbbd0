//! Elementwise nodes move to the only group that reads them, where that spares a tensor: what they read is in memory anyway.

use crate::{
    fuse::{few, over},
    space::space,
    units::Units,
    work::{Ix, Source, Val, Work},
};

/// Moves such nodes, the last first, so that chains of them move one after the other.
pub(crate) fn sink(work: &Work, units: &mut Units) {
    for n in (0..work.nodes.len()).rev() {
        if !work.is_lane(n) || over(work, n).is_empty() {
            continue;
        }
        let (from, Some(into)) = (units.of[n], only_reader(work, units, n)) else { continue };
        let [lanes] = &units.list[into].segments[..] else { continue };
        let more: Vec<Ix> = lanes.iter().copied().chain([n]).collect();
        if !spares(work, units, n, lanes) || !few(work, &more) {
            continue;
        }
        units.list[from].segments[0].retain(|&l| l != n);
        if units.list[from].segments[0].is_empty() {
            units.list[from].segments.clear();
        }
        let lanes = &mut units.list[into].segments[0];
        lanes.push(n);
        lanes.sort_unstable();
        units.of[n] = into;
    }
}

/// The other unit whose lanes, over the same space, are all that reads a lane.
fn only_reader(work: &Work, units: &Units, n: Ix) -> Option<usize> {
    let (space_of, v) = (over(work, n), work.nodes[n].outputs[0]);
    let unit = &units.list[units.of[n]];
    let into = units.of[*units.readers[n].first()?];
    let alike = |&r: &Ix| {
        let same = |&&i: &&Val| work.root(i) == v;
        units.of[r] == into
            && work.is_lane(r)
            && over(work, r) == space_of
            && work.nodes[r].inputs.iter().filter(same).all(|&i| space(&work.values[i]) == space_of)
    };
    let stays = unit.anchor.is_some() || unit.segments.iter().map(Vec::len).sum::<usize>() > 1;
    let here = into != units.of[n] && stays && unit.segments.len() == 1 && work.values[v].home.is_none();
    (here && units.readers[n].iter().all(alike)).then_some(into)
}

/// Whether the readers then read no more: one tensor instead of the result, which must be in memory for others, no larger, and no
/// variable that may be written meanwhile; and what they read before.
fn spares(work: &Work, units: &Units, n: Ix, readers: &[Ix]) -> bool {
    let (u, bytes) = (units.of[n], work.values[work.nodes[n].outputs[0]].bytes);
    let read = |v: Val| readers.iter().any(|&r| work.nodes[r].inputs.iter().any(|&i| work.root(i) == v));
    let mut fresh = vec![];
    for &v in &work.nodes[n].inputs {
        let root = work.root(v);
        let whole = space(&work.values[v]) == over(work, n);
        match (work.values[root].source, work.producer(v)) {
            (Source::Variable(_), _) => return false,
            (_, Some(p)) if units.of[p] == u => {
                let kept = units.list[u].anchor == Some(p)
                    || work.values[root].home.is_some()
                    || units.readers[p].iter().any(|&r| units.of[r] != u);
                if !whole || !kept {
                    return false;
                }
            }
            _ => {}
        }
        if whole && !read(root) && !fresh.contains(&root) {
            fresh.push(root);
        }
    }
    fresh.len() <= 1 && fresh.iter().all(|&v| work.values[v].bytes <= bytes)
}
