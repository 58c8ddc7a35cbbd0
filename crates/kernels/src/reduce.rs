//! Folding axes of a tensor away with an associative operation.
//!
//! The work is cut into units that depend on the shape alone, and their results are joined in a fixed order, so the bits do
//! not depend on how many threads there are. Sums are taken in blocks and the blocks joined pairwise, which keeps the error of
//! a long sum near that of one addition (Higham, *The accuracy of floating point summation*, 1993).

use crate::{
    Io, Kernel,
    shared::{Shared, share_out},
    simd, strides,
};

/// Elements of a run that is folded at once.
const RUN: usize = 1024;
/// Elements a unit folds, about.
const UNIT: usize = 16 * RUN;
/// Columns a unit folds side by side.
const TILE: usize = 512;
/// Accumulators of one run.
const LANES: usize = 32;

#[derive(Clone, Copy, Debug)]
struct Axis {
    n: usize,
    stride: usize,
}

/// How elements meet: an associative `join` with its neutral element, and what is done to the final value.
#[derive(Clone, Copy)]
pub struct Folding<T, J, F> {
    /// The neutral element.
    pub start: T,
    /// x ∘ y
    pub join: J,
    /// Applied to the folded value.
    pub finish: F,
}

/// A kernel that folds `axes` (sorted) of a contiguous tensor of `shape` away.
pub fn reduce<T, J, F>(shape: &[usize], axes: &[usize], folding: Folding<T, J, F>) -> Kernel
where
    T: Copy + Send + Sync + 'static,
    J: Fn(T, T) -> T + Copy + Send + Sync + 'static,
    F: Fn(T) -> T + Copy + Send + Sync + 'static,
{
    let total: usize = shape.iter().product();
    let len: usize = (0..shape.len()).filter(|i| !axes.contains(i)).map(|i| shape[i]).product();
    if total == 0 {
        return Kernel::new(move |io| {
            // SAFETY: the output has `len` elements.
            unsafe { io.output::<T>(0, len) }.fill((folding.finish)(folding.start));
        });
    }
    let (mut kept, mut folded) = merged(shape, axes);
    let last_is_kept = kept.last().is_some_and(|a| a.stride == 1);
    let width = if last_is_kept { kept.pop() } else { folded.pop() }.map_or(1, |a| a.n);
    let cut = if last_is_kept { Cut::columns(&kept, &folded, width) } else { Cut::runs(&kept, &folded, width) };
    let scratch = if cut.blocks > 1 { len * cut.blocks * size_of::<T>() } else { 0 };
    // Partial results of the blocks as one, where there are several.
    let joined = move |io: &Io<'_>| {
        if cut.blocks > 1 {
            // SAFETY: the scratch was asked for below, the output has `len` elements.
            let (partial, out) = unsafe { (io.scratch::<T>(len * cut.blocks), io.output::<T>(0, len)) };
            for (out, partial) in out.chunks_mut(cut.columns).zip(partial.chunks_mut(cut.blocks * cut.columns)) {
                pairwise(partial, cut.columns, folding.join);
                out.iter_mut().zip(&*partial).for_each(|(o, &v)| *o = (folding.finish)(v));
            }
        }
    };
    // Where the results of units go.
    let target = move |io: &Io<'_>| {
        // SAFETY: as above; units write to different elements.
        Shared::new(unsafe { if cut.blocks > 1 { io.scratch::<T>(len * cut.blocks) } else { io.output::<T>(0, len) } })
    };
    let kernel = if cut.in_blocks(&kept) {
        let part = move |io: &Io<'_>, block: usize| {
            // SAFETY: the input has `total` elements.
            let x = unsafe { io.input::<T>(0, total) };
            let (cut, target) = (&cut, target(io));
            simd(
                #[inline(always)]
                || {
                    for tile in 0..cut.tiles {
                        cut.unit(tile * cut.blocks + block, x, &kept, &folded, folding, &target);
                    }
                },
            );
        };
        Kernel::in_parts(cut.per_block * cut.columns, total, part, joined)
    } else {
        Kernel::new(move |io| {
            // SAFETY: the input has `total` elements.
            let x = unsafe { io.input::<T>(0, total) };
            let (cut, target, units) = (&cut, &target(io), cut.outer * cut.tiles * cut.blocks);
            share_out(
                io.pool,
                units,
                units * cut.grain,
                2 * UNIT,
                #[inline(always)]
                |unit| cut.unit(unit, x, &kept, &folded, folding, target),
            );
            joined(io);
        })
    };
    kernel.with_scratch(scratch)
}

/// Axes of length 1 dropped and neighbours of one kind made one, each kind in order.
fn merged(shape: &[usize], axes: &[usize]) -> (Vec<Axis>, Vec<Axis>) {
    let (mut kept, mut folded, mut last) = (vec![], vec![], None);
    for (i, (&n, stride)) in shape.iter().zip(strides(shape)).enumerate().filter(|(_, (n, _))| **n != 1) {
        let is_folded = axes.contains(&i);
        let list: &mut Vec<Axis> = if is_folded { &mut folded } else { &mut kept };
        match list.last_mut() {
            Some(a) if last == Some(is_folded) => *a = Axis { n: a.n * n, stride: stride as usize },
            _ => list.push(Axis { n, stride: stride as usize }),
        }
        last = Some(is_folded);
    }
    (kept, folded)
}

fn count(axes: &[Axis]) -> usize {
    axes.iter().map(|a| a.n).product()
}

fn offset(axes: &[Axis], mut i: usize) -> usize {
    if let [a] = axes {
        return i * a.stride;
    }
    let mut at = 0;
    for a in axes.iter().rev() {
        at += i % a.n * a.stride;
        i /= a.n;
    }
    at
}

/// Joins rows of `width` pairwise, into the first.
fn pairwise<T: Copy>(rows: &mut [T], width: usize, join: impl Fn(T, T) -> T + Copy) {
    let count = rows.len() / width;
    if count > 1 {
        let (low, high) = rows.split_at_mut(count / 2 * width);
        pairwise(low, width, join);
        pairwise(high, width, join);
        low.iter_mut().zip(&high[..width]).for_each(|(a, &b)| *a = join(*a, b));
    }
}

/// How the work is cut: for each outer kept index, `tiles` of columns, each of `blocks` of folded pieces.
#[derive(Clone, Copy, Debug)]
struct Cut {
    outer: usize,
    /// Columns side by side; 1 where the last axis is folded.
    columns: usize,
    tiles: usize,
    blocks: usize,
    /// Pieces to fold: rows, or runs of at most `UNIT` elements of the last axis.
    pieces: usize,
    per_block: usize,
    /// Length of the last axis when it is folded, else 0.
    width: usize,
    /// Elements of one unit, about.
    grain: usize,
}

impl Cut {
    fn columns(kept: &[Axis], folded: &[Axis], columns: usize) -> Self {
        let (outer, pieces) = (count(kept), count(folded));
        let per_block = (UNIT / columns.min(TILE)).max(64).min(pieces);
        let tile = columns.min(TILE);
        Self {
            outer,
            columns,
            tiles: columns.div_ceil(TILE),
            blocks: pieces.div_ceil(per_block),
            pieces,
            per_block,
            width: 0,
            grain: per_block * tile,
        }
    }

    fn runs(kept: &[Axis], folded: &[Axis], width: usize) -> Self {
        let pieces = count(folded) * width.div_ceil(UNIT);
        let per_block = (UNIT / width).max(1).min(pieces);
        let blocks = pieces.div_ceil(per_block);
        let grain = per_block * width.min(UNIT);
        Self { outer: count(kept), columns: 1, tiles: 1, blocks, pieces, per_block, width, grain }
    }

    /// Whether a block is a part of the input by itself, and there are enough of them to share out.
    fn in_blocks(&self, kept: &[Axis]) -> bool {
        self.width == 0 && kept.is_empty() && self.tiles <= self.blocks
    }

    #[inline(always)]
    fn unit<T, J, F>(
        &self,
        unit: usize,
        x: &[T],
        kept: &[Axis],
        folded: &[Axis],
        folding: Folding<T, J, F>,
        target: &Shared<T>,
    ) where
        T: Copy,
        J: Fn(T, T) -> T + Copy,
        F: Fn(T) -> T + Copy,
    {
        let (start, join) = (folding.start, folding.join);
        let (block, rest) = (unit % self.blocks, unit / self.blocks);
        let (tile, o) = (rest % self.tiles, rest / self.tiles);
        let from = block * self.per_block;
        let pieces = from..self.pieces.min(from + self.per_block);
        let first = tile * TILE;
        let n = (self.columns - first).min(TILE);
        let base = offset(kept, o) + first;
        let at = (o * self.blocks + block) * self.columns + first;
        // SAFETY: the place of this unit's results, which no other writes.
        let out = unsafe { target.slice(at, n) };
        if self.width == 0 {
            rows(&x[base..], folded, pieces, out, start, join);
        } else {
            out[0] = self.fold(&x[base..], folded, pieces, start, join);
        }
        if self.blocks == 1 {
            out.iter_mut().for_each(|v| *v = (folding.finish)(*v));
        }
    }

    /// Folds pieces of the last axis.
    #[inline(always)]
    fn fold<T: Copy>(
        &self,
        x: &[T],
        folded: &[Axis],
        pieces: std::ops::Range<usize>,
        start: T,
        join: impl Fn(T, T) -> T + Copy,
    ) -> T {
        let cuts = self.width.div_ceil(UNIT);
        let mut out = start;
        for p in pieces {
            let (f, c) = (p / cuts, p % cuts * UNIT);
            let at = offset(folded, f) + c;
            out = join(out, run(&x[at..at + (self.width - c).min(UNIT)], start, join));
        }
        out
    }
}

/// Folds neighbours: blocks of `RUN` in `LANES` accumulators, then the blocks.
#[inline(always)]
fn run<T: Copy>(x: &[T], start: T, join: impl Fn(T, T) -> T + Copy) -> T {
    if x.len() < LANES {
        return x.iter().fold(start, |a, &b| join(a, b));
    }
    let mut blocks = [start; UNIT / RUN];
    for (block, x) in blocks.iter_mut().zip(x.chunks(RUN)) {
        let mut acc = [start; LANES];
        let whole = x.chunks_exact(LANES);
        for (a, &v) in acc.iter_mut().zip(whole.remainder()) {
            *a = join(*a, v);
        }
        for chunk in whole {
            for k in 0..LANES {
                acc[k] = join(acc[k], chunk[k]);
            }
        }
        let mut half = LANES / 2;
        while half > 0 {
            for k in 0..half {
                acc[k] = join(acc[k], acc[k + half]);
            }
            half /= 2;
        }
        *block = acc[0];
    }
    let mut half = UNIT / RUN / 2;
    while half > 0 {
        for k in 0..half {
            blocks[k] = join(blocks[k], blocks[k + half]);
        }
        half /= 2;
    }
    blocks[0]
}

/// Folds rows of at most `TILE` columns into `out`, in groups whose sums are joined at the end of each.
#[inline(always)]
fn rows<T: Copy>(
    x: &[T],
    folded: &[Axis],
    pieces: std::ops::Range<usize>,
    out: &mut [T],
    start: T,
    join: impl Fn(T, T) -> T + Copy,
) {
    const GROUP: usize = 64;
    let n = out.len();
    out.fill(start);
    let mut group = [start; TILE];
    let group = &mut group[..n];
    let row = |i: usize| {
        let at = offset(folded, i);
        &x[at..at + n]
    };
    for first in pieces.clone().step_by(GROUP) {
        let last = pieces.end.min(first + GROUP);
        group.fill(start);
        let mut i = first;
        while i + 4 <= last {
            let (a, b, c, d) = (row(i), row(i + 1), row(i + 2), row(i + 3));
            for k in 0..n {
                group[k] = join(group[k], join(join(a[k], b[k]), join(c[k], d[k])));
            }
            i += 4;
        }
        for i in i..last {
            for (g, &v) in group.iter_mut().zip(row(i)) {
                *g = join(*g, v);
            }
        }
        for (o, &g) in out.iter_mut().zip(&*group) {
            *o = join(*o, g);
        }
    }
}
