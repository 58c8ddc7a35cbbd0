//! Which assigned variables are computed right in their own memory.
//!
//! The new value may be written over the old one when everybody who reads the old one has done so: an edge from each reader to
//! the writer. Where such an edge would close a circle, the value is computed elsewhere and copied when the readers are done.

use crate::{
    Place,
    space::space,
    units::Units,
    work::{Ix, Source, Val, Work},
};

/// Settles the writer of every assigned variable and adds the edges that keep readers before it.
pub(crate) fn assign(work: &mut Work, units: &mut Units) {
    let homes: Vec<(Val, usize)> = (0..work.values.len())
        .filter_map(|v| match work.values[v].home {
            Some(Place::Variable(at)) => Some((v, at)),
            _ => None,
        })
        .collect();
    for (v, at) in homes {
        let writer = work.producer(v).expect("a value with a home is computed");
        let readers: Vec<Ix> = (0..work.nodes.len())
            .filter(|&n| n != writer && work.nodes[n].inputs.iter().any(|&i| reads(work, i, at)))
            .collect();
        let in_place = readers.iter().chain([&writer]).all(|&r| may_precede(work, units, r, writer, at));
        let writer = if in_place {
            writer
        } else {
            work.values[v].home = None;
            let copy = work.copy(v, Some(Place::Variable(at)));
            units.add_copy(copy, writer);
            copy
        };
        for r in readers {
            units.edge(r, writer);
        }
    }
}

/// Whether `v` is the old value of a variable.
fn reads(work: &Work, v: Val, at: usize) -> bool {
    work.values[work.root(v)].source == Source::Variable(at)
}

/// Whether the old value that `reader` reads may be overwritten by `writer`.
fn may_precede(work: &Work, units: &Units, reader: Ix, writer: Ix, at: usize) -> bool {
    let (r, w) = (units.of[reader], units.of[writer]);
    let mut old = work.nodes[reader].inputs.iter().filter(|&&i| reads(work, i, at)).peekable();
    if old.peek().is_none() {
        return true;
    }
    if r != w {
        return !units.reaches(w, r, false);
    }
    // Within one step each element must be read where it is written. A kernel reads as it likes, also while its tail writes.
    let over = &work.values[work.nodes[writer].outputs[0]];
    let size = over.spec.dtype.size();
    work.is_lane(reader)
        && work.is_lane(writer)
        && old.all(|&i| {
            let info = &work.values[i];
            space(info) == space(over) && info.spec.dtype.size() == size
        })
}
