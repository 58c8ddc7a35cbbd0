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
        }
    }

    /// A unit for a copy that was added to the work and reads what `from` computes.
    pub fn add_copy(&mut self, n: Ix, from: Ix) {
        self.list.push(Unit::of(Some(n), vec![]));
        self.of.push(self.list.len() - 1);
        self.readers[from].push(n);
        self.readers.push(vec![]);
        self.later.push(vec![]);
    }

    /// `later` must come after `first`, though it does not read it.
    pub fn edge(&mut self, first: Ix, later: Ix) {
        self.later[first].push(later);
    }

    /// The units that must come directly after a unit.
    pub fn successors(&self, u: usize) -> impl Iterator<Item = usize> + '_ {
        let next = self.list[u].nodes().flat_map(|n| self.readers[n].iter().chain(&self.later[n]));
        next.map(|&m| self.of[m]).filter(move |&s| s != u)
    }

    /// Whether `to` must come after `from`, by a path of at least two edges when `indirect`.
    pub fn reaches(&self, from: usize, to: usize, indirect: bool) -> bool {
        // No search by node number: a unit that begins late may be followed by one that also holds early nodes.
        let mut seen = vec![false; self.list.len()];
        seen[from] = true;
        let mut open: Vec<usize> = vec![];
        for s in self.successors(from) {
            if s == to {
                if !indirect {
                    return true;
                }
            } else if !seen[s] {
                seen[s] = true;
                open.push(s);
            }
        }
        while let Some(u) = open.pop() {
            for s in self.successors(u) {
                if s == to {
                    return true;
                }
                if !seen[s] {
                    seen[s] = true;
                    open.push(s);
                }
            }
        }
        false
    }

    /// Whether two units can become one step: nothing else must come between them.
    pub fn joinable(&self, a: usize, b: usize) -> bool {
        a != b && !self.reaches(a, b, true) && !self.reaches(b, a, true)
    }

    /// Whether two units have no order between them at all.
    pub fn independent(&self, a: usize, b: usize) -> bool {
        a != b && !self.reaches(a, b, false) && !self.reaches(b, a, false)
    }

    /// Moves everything of `from` into `into`; `join` says how the segments combine.
    pub fn absorb(&mut self, into: usize, from: usize, join: impl FnOnce(&mut Unit, Unit)) {
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
