//! Units: nodes that become one step together.

use crate::work::{Ix, Work};

/// A kernel with its tail, a group of lanes in one or more segments, or a copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// The node with a kernel of its own (or the copy).
    pub anchor: Option<Ix>,
    /// Elementwise nodes, in computing order, by segment.
    pub segments: Vec<Vec<Ix>>,
    /// Nodes with kernels that take, part by part, what the others compute.
    pub followers: Vec<Ix>,
}

impl Unit {
    fn of(anchor: Option<Ix>, segments: Vec<Vec<Ix>>) -> Self {
        Self { anchor, segments, followers: vec![] }
    }

    pub fn nodes(&self) -> impl Iterator<Item = Ix> + '_ {
        self.anchor.iter().chain(self.segments.iter().flatten()).chain(&self.followers).copied()
    }

    pub fn is_group(&self) -> bool {
        self.anchor.is_none()
    }
}

/// All units, and which must come before which.
#[derive(Debug)]
pub(crate) struct Units {
    /// Emptied where merged into another.
    pub list: Vec<Unit>,
    /// The unit of each node.
    pub of: Vec<usize>,
    /// For each node, the nodes that read its outputs.
    pub readers: Vec<Vec<Ix>>,
    /// For each node, others that must come after it: writers of what it reads.
    later: Vec<Vec<Ix>>,
    /// The units in an order in which they could run, kept while they are merged: what one leads to is sought no further than there.
    order: Vec<usize>,
    /// The place of each unit in it.
    place: Vec<usize>,
}

impl Units {
    /// Every node for itself.
    pub fn new(work: &Work) -> Self {
        let unit = |n: Ix| {
            if work.is_lane(n) { Unit::of(None, vec![vec![n]]) } else { Unit::of(Some(n), vec![]) }
        };
        let count = work.nodes.len();
        Self {
            list: (0..count).map(unit).collect(),
            of: (0..count).collect(),
            readers: work.readers(),
            later: vec![vec![]; count],
            order: (0..count).collect(),
            place: (0..count).collect(),
        }
    }

    /// A unit for a copy that was added to the work and reads what `from` computes.
    pub fn add_copy(&mut self, n: Ix, from: Ix) {
        self.place.push(self.order.len());
        self.order.push(self.list.len());
        self.of.push(self.list.len());
        self.list.push(Unit::of(Some(n), vec![]));
        self.readers[from].push(n);
        self.readers.push(vec![]);
        self.later.push(vec![]);
    }

    /// `later` must come after `first`, though it does not read it; it does not lead there.
    pub fn edge(&mut self, first: Ix, later: Ix) {
        let (high, low) = (self.place[self.of[first]], self.place[self.of[later]]);
        if low < high {
            self.put_off(low, high);
        }
        self.later[first].push(later);
    }

    /// The units that must come directly after a unit.
    pub fn successors(&self, u: usize) -> impl Iterator<Item = usize> + '_ {
        let next = self.list[u].nodes().flat_map(|n| self.readers[n].iter().chain(&self.later[n]));
        next.map(|&m| self.of[m]).filter(move |&s| s != u)
    }

    /// Whether `to` must come after `from`, by a path of at least two edges when `indirect`.
    pub fn reaches(&self, from: usize, to: usize, indirect: bool) -> bool {
        let (low, high) = (self.place[from], self.place[to]);
        if low >= high {
            return false;
        }
        let mut reached = vec![false; high - low];
        reached[0] = true;
        for at in low..high {
            if !reached[at - low] {
                continue;
            }
            for s in self.successors(self.order[at]) {
                if s == to && !(indirect && at == low) {
                    return true;
                }
                if let Some(reached) = reached.get_mut(self.place[s] - low) {
                    *reached = true;
                }
            }
        }
        false
    }

    /// Of the units at the places from `low` to `high`, lets the first and all that it leads to come after the others.
    fn put_off(&mut self, low: usize, high: usize) {
        let mut reached = vec![false; high + 1 - low];
        reached[0] = true;
        for at in low..high {
            if reached[at - low] {
                for s in self.successors(self.order[at]) {
                    if let Some(reached) = reached.get_mut(self.place[s] - low) {
                        *reached = true;
                    }
                }
            }
        }
        let (late, early): (Vec<usize>, Vec<usize>) = (low..=high).partition(|at| reached[at - low]);
        let sorted: Vec<usize> = early.into_iter().chain(late).map(|at| self.order[at]).collect();
        for (at, u) in (low..).zip(sorted) {
            self.order[at] = u;
            self.place[u] = at;
        }
    }

    /// Whether two units can become one step: nothing else must come between them.
    pub fn joinable(&self, a: usize, b: usize) -> bool {
        a != b && !self.reaches(a, b, true) && !self.reaches(b, a, true)
    }

    /// Whether two units have no order between them at all.
    pub fn independent(&self, a: usize, b: usize) -> bool {
        a != b && !self.reaches(a, b, false) && !self.reaches(b, a, false)
    }

    /// Moves everything of `from` into `into`, where nothing else must come between them; `join` says how the segments combine.
    pub fn absorb(&mut self, into: usize, from: usize, join: impl FnOnce(&mut Unit, Unit)) {
        // They stand where the first one does, once what it leads to was put off: after all that leads to the second.
        let (low, high) = (self.place[into].min(self.place[from]), self.place[into].max(self.place[from]));
        let first = self.order[low];
        self.put_off(low, high);
        if first == from {
            self.order.swap(self.place[into], self.place[from]);
            self.place.swap(into, from);
        }
        let moved = std::mem::take(&mut self.list[from]);
        for n in moved.nodes() {
            self.of[n] = into;
        }
        join(&mut self.list[into], moved);
    }
}

/// Joins the lanes of the first segments into one, in computing order.
pub(crate) fn one_segment(into: &mut Unit, from: Unit) {
    let mut lanes: Vec<Ix> = into.segments.drain(..).chain(from.segments).flatten().collect();
    lanes.sort_unstable();
    into.anchor = into.anchor.or(from.anchor);
    into.segments = vec![lanes];
    into.followers.extend(from.followers);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `Units::reaches`, by a search that knows of no order.
    fn leads(units: &Units, from: usize, to: usize, indirect: bool) -> bool {
        let mut open: Vec<usize> = units.successors(from).filter(|&s| !(indirect && s == to)).collect();
        let mut seen = vec![];
        while let Some(u) = open.pop() {
            if u == to {
                return true;
            }
            if !seen.contains(&u) {
                seen.push(u);
                open.extend(units.successors(u));
            }
        }
        false
    }

    #[test]
    fn what_leads_where_is_known_while_units_are_merged() {
        const COUNT: usize = 24;
        let mut state = 1u64;
        let mut random = |n: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        for _ in 0..200 {
            let mut readers = vec![vec![]; COUNT];
            for n in 1..COUNT {
                for _ in 0..random(3) {
                    readers[random(n)].push(n);
                }
            }
            let mut units = Units {
                list: (0..COUNT).map(|n| Unit::of(Some(n), vec![])).collect(),
                of: (0..COUNT).collect(),
                readers,
                later: vec![vec![]; COUNT],
                order: (0..COUNT).collect(),
                place: (0..COUNT).collect(),
            };
            for _ in 0..2 * COUNT {
                let (a, b) = (random(COUNT), random(COUNT));
                let (u, v) = (units.of[a], units.of[b]);
                if u == v {
                    continue;
                }
                for indirect in [false, true] {
                    assert_eq!(units.reaches(u, v, indirect), leads(&units, u, v, indirect));
                }
                if random(3) == 0 && !units.reaches(v, u, false) {
                    units.edge(a, b);
                } else if units.joinable(u, v) {
                    units.absorb(u, v, |into, from| into.followers.extend(from.nodes()));
                }
            }
        }
    }
}
