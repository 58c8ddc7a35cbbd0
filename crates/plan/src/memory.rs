//! Where every value lies: liveness, results written over operands, and one arena for the rest.

use crate::{
    Place, Runner,
    merge::inside,
    space::space,
    units::{Unit, Units},
    work::{Ix, Source, Val, Work},
};
use kerosene_ir::{Error, Result, Spec};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Everything in the arena starts at a multiple of this.
const ALIGN: usize = 64;

/// The result of the pass.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// By root value.
    pub of: HashMap<Val, Place>,
    /// Scratch memory by node: where and how much.
    pub scratch: HashMap<Ix, (usize, usize)>,
    /// Bytes.
    pub arena: usize,
}

/// A piece of the arena and the steps during which it is in use.
#[derive(Debug)]
struct Buffer {
    bytes: usize,
    first: usize,
    last: usize,
    /// Whose value it holds now.
    holder: Option<Val>,
    offset: usize,
}

/// Whether a node's result needs memory: it has a home, or another unit (or its own kernel's tail, or a follower) reads it from there.
pub(crate) fn is_stored(work: &Work, units: &Units, n: Ix) -> bool {
    let u = units.of[n];
    let followers = &units.list[u].followers;
    units.list[u].anchor == Some(n)
        || followers.contains(&n)
        || work.values[work.nodes[n].outputs[0]].home.is_some()
        || units.readers[n].iter().any(|&r| units.of[r] != u || followers.contains(&r))
}

/// Gives every stored value its place. Steps of a range in `together` run at the same time.
pub(crate) fn places(
    work: &Work,
    units: &Units,
    order: &[usize],
    together: &[Range<usize>],
    runner: &dyn Runner,
) -> Result<Places> {
    let mut pass = Pass { work, units, last: last_uses(work, units, order), buffers: vec![], of: HashMap::new() };
    let mut out = Places::default();
    for (v, info) in work.values.iter().enumerate() {
        let place = match info.source {
            Source::Input(i) => Some(Place::Input(i)),
            Source::Constant(c) => Some(Place::Constant(c)),
            Source::Variable(at) => Some(Place::Variable(at)),
            Source::Node(_) => info.home,
            Source::View(_) => None,
        };
        out.of.extend(place.map(|p| (v, p)));
    }
    let mut scratch = vec![];
    for (t, &u) in order.iter().enumerate() {
        let unit = &units.list[u];
        for &n in unit.anchor.iter().chain(&unit.followers) {
            let wants = scratch_of(work, n, runner)?;
            if wants > 0 {
                scratch.push((n, pass.buffer(wants, t, t, None), wants));
            }
        }
        if let Some(n) = unit.anchor {
            pass.anchor(unit, n, t, &mut out);
        }
        for lanes in &unit.segments {
            pass.lanes(unit, lanes, t);
        }
        for &v in unit.followers.iter().flat_map(|&n| &work.nodes[n].outputs) {
            if work.values[v].home.is_none() {
                pass.fresh(v, t);
            }
        }
    }
    for range in together {
        for b in pass.buffers.iter_mut().filter(|b| b.first < range.end && b.last >= range.start) {
            (b.first, b.last) = (b.first.min(range.start), b.last.max(range.end - 1));
        }
    }
    out.arena = allocate(&mut pass.buffers)?;
    out.of.extend(pass.of.iter().map(|(&v, &b)| (v, Place::Arena(pass.buffers[b].offset))));
    out.scratch = scratch.into_iter().map(|(n, b, wants)| (n, (pass.buffers[b].offset, wants))).collect();
    Ok(out)
}

fn scratch_of(work: &Work, n: Ix, runner: &dyn Runner) -> Result<usize> {
    let node = &work.nodes[n];
    let Some(op) = &node.op else { return Ok(0) };
    let specs = |v: &[Val]| -> Vec<&Spec> { v.iter().map(|&v| &work.values[v].spec).collect() };
    runner.scratch(&**op, &specs(&node.inputs), &specs(&node.outputs))
}

/// The last step that reads each root value.
fn last_uses(work: &Work, units: &Units, order: &[usize]) -> HashMap<Val, usize> {
    let mut last = HashMap::new();
    for (t, &u) in order.iter().enumerate() {
        for n in units.list[u].nodes() {
            for &v in work.nodes[n].inputs.iter().chain(&work.nodes[n].outputs) {
                last.insert(work.root(v), t);
            }
        }
    }
    last
}

struct Pass<'a> {
    work: &'a Work,
    units: &'a Units,
    last: HashMap<Val, usize>,
    buffers: Vec<Buffer>,
    of: HashMap<Val, usize>,
}

impl Pass<'_> {
    fn buffer(&mut self, bytes: usize, first: usize, last: usize, holder: Option<Val>) -> usize {
        self.buffers.push(Buffer { bytes, first, last, holder, offset: 0 });
        self.buffers.len() - 1
    }

    /// `v`, computed at step `t`, in a buffer of its own.
    fn fresh(&mut self, v: Val, t: usize) {
        let b = self.buffer(self.work.values[v].bytes, t, self.last[&v], Some(v));
        self.of.insert(v, b);
    }

    /// `v`, computed at step `t`, in the buffer of `over`.
    fn take(&mut self, v: Val, over: Val) {
        let b = self.of[&over];
        self.buffers[b].holder = Some(v);
        self.buffers[b].last = self.buffers[b].last.max(self.last[&v]);
        self.of.insert(v, b);
    }

    /// Whether `over` is dead after step `t`, and of the same size and element size as `v`.
    fn may_take(&self, v: Val, over: Val, t: usize) -> bool {
        let (a, b) = (&self.work.values[v], &self.work.values[over]);
        let holds = self.of.get(&over).is_some_and(|&b| self.buffers[b].holder == Some(over));
        holds && self.last[&over] == t && a.bytes == b.bytes && a.spec.dtype.size() == b.spec.dtype.size()
    }

    /// The outputs of a kernel.
    fn anchor(&mut self, unit: &Unit, n: Ix, t: usize, out: &mut Places) {
        let node = &self.work.nodes[n];
        let roots: Vec<Val> = node.inputs.iter().map(|&v| self.work.root(v)).collect();
        for (i, &v) in node.outputs.iter().enumerate() {
            let info = &self.work.values[v];
            if info.home.is_some() {
                continue;
            }
            // What the tail writes to an output may pass through that output's memory, which nobody else looks at.
            let through = unit.segments.iter().flatten().map(|&l| self.work.nodes[l].outputs[0]).find(|&s| {
                let stored = &self.work.values[s];
                matches!(stored.home, Some(Place::Output(_)))
                    && stored.bytes == info.bytes
                    && stored.spec.dtype.size() == info.spec.dtype.size()
            });
            let followed =
                unit.followers.iter().flat_map(|&n| &self.work.nodes[n].inputs).any(|&i| self.work.root(i) == v);
            if let (Some(s), true) = (through, self.last[&v] == t && !followed) {
                out.of.insert(v, self.work.values[s].home.expect("found by its home"));
                continue;
            }
            // The tail may read the same operand elsewhere while the kernel writes.
            let bare = unit.segments.is_empty() && unit.followers.is_empty();
            let alone = bare && roots.iter().filter(|&&r| Some(&r) == roots.first()).count() == 1;
            match roots.first() {
                Some(&r) if i == 0 && node.traits.in_place && alone && self.may_take(v, r, t) => self.take(v, r),
                _ => self.fresh(v, t),
            }
        }
    }

    /// The stored results of one segment.
    fn lanes(&mut self, unit: &Unit, lanes: &[Ix], t: usize) {
        let work = self.work;
        // What kernels of the step read.
        let kernel: HashSet<Val> = unit
            .anchor
            .iter()
            .chain(&unit.followers)
            .flat_map(|&n| &work.nodes[n].inputs)
            .map(|&v| work.root(v))
            .collect();
        let elsewhere: HashSet<Val> = unit
            .segments
            .iter()
            .filter(|s| s.as_slice() != lanes)
            .flatten()
            .flat_map(|&l| &work.nodes[l].inputs)
            .map(|&v| work.root(v))
            .collect();
        // Operands whose memory may be reused: whole ones, read element by element, by this segment alone.
        let read: Vec<Val> = lanes.iter().flat_map(|&l| work.nodes[l].inputs.iter().copied()).collect();
        let mut free: Vec<Val> =
            read.iter().filter(|&&v| inside(work, lanes, v).is_none()).map(|&v| work.root(v)).collect();
        free.dedup();
        free.retain(|v| !kernel.contains(v) && !elsewhere.contains(v));
        for &lane in lanes {
            let v = work.nodes[lane].outputs[0];
            if !is_stored(work, self.units, lane) || work.values[v].home.is_some() {
                continue;
            }
            let over = space(&work.values[v]);
            let whole = |root: Val| {
                let mut uses = read.iter().filter(|&&r| work.root(r) == root);
                uses.all(|&r| space(&work.values[r]) == over)
            };
            match free.iter().position(|&r| self.may_take(v, r, t) && whole(r)) {
                Some(i) => self.take(v, free.swap_remove(i)),
                None => self.fresh(v, t),
            }
        }
    }
}

/// Offsets such that buffers in use at the same step do not overlap: the largest first, each at the lowest free place.
///
/// Source: Pisarchyk & Lee, *Efficient memory management for deep neural net inference*, 2020 (greedy by size).
fn allocate(buffers: &mut [Buffer]) -> Result<usize> {
    let mut by_size: Vec<usize> = (0..buffers.len()).collect();
    by_size.sort_by_key(|&b| (std::cmp::Reverse(buffers[b].bytes), buffers[b].first, b));
    let mut placed: Vec<usize> = vec![];
    let mut arena = 0usize;
    for b in by_size {
        let (first, last) = (buffers[b].first, buffers[b].last);
        let bytes = buffers[b].bytes.next_multiple_of(ALIGN);
        let mut offset = 0usize;
        // `placed` is sorted by offset, so the first gap that fits is the lowest.
        for &p in &placed {
            let other = &buffers[p];
            if other.last < first || last < other.first {
                continue;
            }
            if offset + bytes <= other.offset {
                break;
            }
            offset = offset.max(other.offset + other.bytes.next_multiple_of(ALIGN));
        }
        let end = offset.checked_add(bytes).filter(|&e| e <= isize::MAX as usize / 2);
        let end = end.ok_or_else(|| Error::value("The values of this graph need more memory than there can be."))?;
        arena = arena.max(end);
        buffers[b].offset = offset;
        let at = placed.partition_point(|&p| buffers[p].offset <= offset);
        placed.insert(at, b);
    }
    Ok(arena)
}
