//! The order of the steps: as recorded, but what frees memory comes as soon as it can.

use crate::{
    memory::is_stored,
    units::Units,
    work::{Val, Work},
};
use kerosene_ir::{Error, Result};
use std::{cmp::Reverse, collections::BinaryHeap, ops::Range};

/// The units in the order in which they run, and where some run at the same time: those that keep one thread busy each wait for
/// others of their kind as long as there is something else to do.
///
/// # Errors
/// When units wait for each other: a pass before this one joined what must not be joined.
pub(crate) fn order(work: &Work, units: &Units) -> Result<(Vec<usize>, Vec<Range<usize>>)> {
    let live: Vec<usize> = (0..units.list.len()).filter(|&u| units.list[u].nodes().next().is_some()).collect();
    let uses: Vec<Uses> = (0..units.list.len()).map(|u| Uses::of(work, units, u)).collect();
    let mut waits = vec![0; units.list.len()];
    // How many steps still read a value; the last reader frees it.
    let mut readers = vec![0; work.values.len()];
    for &u in &live {
        for s in units.successors(u) {
            waits[s] += 1;
        }
        for &v in &uses[u].read {
            readers[v] += 1;
        }
    }
    let recorded = |u: usize| units.list[u].nodes().max().expect("live units have nodes");
    let mut ready: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
    let mut relief: Vec<usize> = vec![];
    let serial = |u: usize| units.list[u].anchor.is_some_and(|n| work.nodes[n].traits.serial);
    let (mut held, mut together): (Vec<usize>, Vec<Range<usize>>) = (vec![], vec![]);
    let mut out = Vec::with_capacity(live.len());
    for &u in &live {
        if waits[u] == 0 {
            ready.push(Reverse((recorded(u), u)));
        }
    }
    let mut done = vec![false; units.list.len()];
    let run = |u: usize,
               out: &mut Vec<usize>,
               readers: &mut [usize],
               waits: &mut [usize],
               ready: &mut BinaryHeap<Reverse<(usize, usize)>>| {
        out.push(u);
        for &v in &uses[u].read {
            readers[v] -= 1;
        }
        for s in units.successors(u) {
            waits[s] -= 1;
            if waits[s] == 0 {
                ready.push(Reverse((recorded(s), s)));
            }
        }
    };
    loop {
        let next = match relief.pop() {
            Some(u) => u,
            None => match ready.pop() {
                Some(Reverse((_, u))) if serial(u) => {
                    held.push(u);
                    continue;
                }
                Some(Reverse((_, u))) => u,
                None if held.is_empty() => break,
                None => {
                    // None of them waits for another, or it would not have been ready.
                    if held.len() > 1 {
                        together.push(out.len()..out.len() + held.len());
                    }
                    for u in held.drain(..) {
                        done[u] = true;
                        run(u, &mut out, &mut readers, &mut waits, &mut ready);
                    }
                    continue;
                }
            },
        };
        if std::mem::replace(&mut done[next], true) {
            continue;
        }
        run(next, &mut out, &mut readers, &mut waits, &mut ready);
        // A ready step that frees at least as much as it takes runs at once.
        let candidate = ready
            .iter()
            .map(|Reverse((_, u))| *u)
            .filter(|&u| !done[u] && !serial(u) && uses[u].taken <= uses[u].freed(work, &readers));
        relief.extend(candidate.min_by_key(|&u| recorded(u)));
    }
    if out.len() != live.len() {
        return Err(Error::internal(format!(
            "{} of {} steps of a plan wait for each other",
            live.len() - out.len(),
            live.len()
        )));
    }
    Ok((out, together))
}

/// What a unit does with planned memory.
struct Uses {
    /// The values that it reads.
    read: Vec<Val>,
    /// Bytes of those that it computes.
    taken: usize,
}

impl Uses {
    fn of(work: &Work, units: &Units, u: usize) -> Self {
        let planned = |&v: &Val| work.values[v].home.is_none();
        let mut read: Vec<Val> = units.list[u]
            .nodes()
            .flat_map(|n| &work.nodes[n].inputs)
            .map(|&v| work.root(v))
            .filter(|v| work.producer(*v).is_some_and(|p| units.of[p] != u) && planned(v))
            .collect();
        read.sort_unstable();
        read.dedup();
        let stored = units.list[u].nodes().filter(|&n| is_stored(work, units, n));
        let made = stored.flat_map(|n| &work.nodes[n].outputs).copied().filter(planned);
        let taken = made.map(|v| work.values[v].bytes).sum();
        Self { read, taken }
    }

    /// Bytes of the values that nobody else reads any more.
    fn freed(&self, work: &Work, readers: &[usize]) -> usize {
        self.read.iter().filter(|&&v| readers[v] == 1).map(|&v| work.values[v].bytes).sum()
    }
}
