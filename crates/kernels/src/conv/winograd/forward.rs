//! y = x ∗ w, tile by tile.

use super::{
    Plane, pays,
    steps::{Ahead, NONE, Products, WIDE, Weights},
    tiles::Tiles,
};
use crate::{Pool, conv::direct::THREADS, shared::Shared};
use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Elements of the values of a unit's tiles, about: they stay in the second cache beside the kernel's.
const VALUES: usize = 80 * 1024;
/// Tiles that meet the kernel at a time, at least: it is read once for all of them.
const TILES: usize = 12;
/// Units that the tiles are cut into, at least, where there are enough.
const UNITS: usize = 16;
/// Channels times filters, at most.
const WEIGHTS: usize = 256 * 256;

/// How an element of the kernel is found: from its place among the nine, the row of the depth and the column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Steps from row to row and from column to column.
    pub row: usize,
    pub column: usize,
    /// Whether the nine are read backwards.
    pub backwards: bool,
}

/// A convolution by points.
pub(crate) struct Winograd {
    tiles: Tiles,
    depth: usize,
    columns: usize,
    layout: Layout,
    /// Lines of tiles of a unit.
    height: usize,
    /// Tiles that are computed at a time.
    together: usize,
}

impl Winograd {
    /// The convolution of `depth` channels over `plane` to `columns` channels, where it is faster by points.
    pub fn new(plane: Plane, depth: usize, columns: usize, layout: Layout) -> Option<Self> {
        Self::of(plane, depth, columns, layout).filter(|w| pays(depth, columns, &w.tiles, WEIGHTS))
    }

    /// The same, faster or not.
    pub(super) fn of(plane: Plane, depth: usize, columns: usize, layout: Layout) -> Option<Self> {
        let tiles = Tiles::new(plane)?;
        if depth == 0 || columns == 0 {
            return None;
        }
        let steps = tiles.steps;
        let vectors = depth.div_ceil(steps.lanes) + columns.div_ceil(steps.lanes).min(WIDE);
        let most = (VALUES / (vectors * steps.each)).max(TILES);
        let height = (most / tiles.across).min(tiles.lines().div_ceil(UNITS)).max(1);
        let unit = height * tiles.across;
        let together = unit.div_ceil(unit.div_ceil(most));
        Some(Self { tiles, depth, columns, layout, height, together })
    }

    fn units(&self) -> usize {
        self.tiles.lines().div_ceil(self.height)
    }

    /// Vectors of columns side by side, and blocks of so many.
    fn wide(&self) -> usize {
        self.columns.div_ceil(self.tiles.steps.lanes).min(WIDE)
    }

    fn blocks(&self) -> usize {
        self.columns.div_ceil(self.wide() * self.tiles.steps.lanes)
    }

    /// Elements of a block of the kernel's values.
    fn weights(&self) -> usize {
        self.tiles.steps.points * self.depth * self.wide() * self.tiles.steps.lanes
    }

    /// Elements from one block of the channels of some tiles' values to the next.
    fn block(&self) -> usize {
        self.together * self.tiles.steps.each
    }

    fn each(&self) -> usize {
        (self.depth.div_ceil(self.tiles.steps.lanes) + self.wide()) * self.block()
    }

    /// Elements of scratch.
    pub fn scratch(&self) -> usize {
        self.blocks() * self.weights() + self.each() * self.units().min(THREADS)
    }

    /// Computes y; `done` hears of the elements of it that are finished.
    pub fn run(
        &self,
        pool: &Pool,
        [x, w]: [&[f32]; 2],
        scratch: &mut [f32],
        y: &Shared<f32>,
        done: &(dyn Fn(Range<usize>) + Sync),
    ) {
        let (values, scratch) = scratch.split_at_mut(self.blocks() * self.weights());
        self.pack(pool, w, values);
        let (values, scratch) = (&*values, &Shared::new(scratch));
        let next = AtomicUsize::new(0);
        pool.run(pool.threads().min(THREADS).min(self.units()), &|thread| {
            // SAFETY: each thread has its own part.
            let room = unsafe { scratch.slice(thread * self.each(), self.each()) };
            // The next unit is known early: its part of x and this one's of y come near while this one is computed.
            let mut unit = next.fetch_add(1, Relaxed);
            while unit < self.units() {
                let after = next.fetch_add(1, Relaxed);
                let (lines, tiles) = self.unit(unit);
                let reads = self.tiles.reads(self.unit(after).1, x.as_ptr(), self.depth);
                let [from, to] = [lines.start, lines.end].map(|l| self.tiles.origin(l) * self.columns);
                let mut ahead = [reads, (y.start().wrapping_add(from).cast_const(), to - from)];
                for start in tiles.clone().step_by(self.together) {
                    let some = start..(start + self.together).min(tiles.end);
                    // SAFETY: these tiles are this unit's alone.
                    unsafe { self.some(some, x, values, room, y.start(), ahead) };
                    ahead = NONE;
                }
                done(from..to);
                unit = after;
            }
        });
    }

    /// The lines and the tiles of a unit.
    fn unit(&self, unit: usize) -> (Range<usize>, Range<usize>) {
        let all = self.tiles.lines();
        let lines = (unit * self.height).min(all)..((unit + 1) * self.height).min(all);
        let tiles = lines.start * self.tiles.across..lines.end * self.tiles.across;
        (lines, tiles)
    }

    /// The kernel's values.
    fn pack(&self, pool: &Pool, w: &[f32], out: &mut [f32]) {
        const MOST: usize = 16;
        let (lanes, wide) = (self.tiles.steps.lanes, self.wide());
        let (rows, vectors) = (self.depth.div_ceil(MOST), self.columns.div_ceil(lanes));
        let out = &Shared::new(out);
        let Layout { row, column, backwards } = self.layout;
        pool.run(rows * vectors, &|task| {
            let (vector, first) = (task / rows, task % rows * MOST);
            let (depth, columns) = (MOST.min(self.depth - first), lanes.min(self.columns - vector * lanes));
            let mut elements = [0f32; 9 * MOST * 16];
            for i in 0..9 {
                let tap = if backwards { 8 - i } else { i };
                let w = &w[tap * self.depth * self.columns + first * row + vector * lanes * column..];
                let to = &mut elements[i * depth * lanes..];
                for (k, l) in (0..depth).flat_map(|k| (0..columns).map(move |l| (k, l))) {
                    to[k * lanes + l] = w[k * row + l * column];
                }
            }
            let at = vector / wide * self.weights() + (first * wide + vector % wide) * lanes;
            let weights = Weights {
                elements: elements.as_mut_ptr(),
                depth,
                values: out.start().wrapping_add(at),
                point: self.depth * wide * lanes,
                row: wide * lanes,
            };
            // SAFETY: the rows of this task, in every point.
            unsafe { (self.tiles.steps.kernel)(&weights) };
        });
    }

    /// The results of some tiles.
    ///
    /// # Safety
    /// They belong to the caller alone.
    unsafe fn some(&self, tiles: Range<usize>, x: &[f32], w: &[f32], room: &mut [f32], y: *mut f32, mut ahead: Ahead) {
        let (steps, block) = (self.tiles.steps, self.block());
        let (values, sums) = room.split_at_mut(self.depth.div_ceil(steps.lanes) * block);
        for (i, tile) in tiles.clone().enumerate() {
            let values = values.as_mut_ptr().wrapping_add(i * steps.each);
            let patch = self.tiles.input(tile, x.as_ptr(), self.depth, values, block);
            // SAFETY: what is inside lies in x.
            unsafe { (steps.input)(&patch) };
        }
        let width = self.wide() * steps.lanes;
        for (c, w) in w.chunks_exact(self.weights()).enumerate() {
            let products = Products {
                x: values.as_ptr(),
                tiles: tiles.len(),
                depth: self.depth,
                block,
                w: w.as_ptr(),
                wide: self.wide(),
                y: sums.as_mut_ptr(),
                ahead: std::mem::replace(&mut ahead, NONE),
            };
            // SAFETY: values and sums have room for the tiles.
            unsafe { (steps.products)(&products) };
            let columns = c * width..((c + 1) * width).min(self.columns);
            for (i, tile) in tiles.clone().enumerate() {
                let sums = sums.as_mut_ptr().wrapping_add(i * steps.each);
                let patch = self.tiles.output(tile, y, self.columns, columns.clone(), sums, block);
                // SAFETY: the tile's results, the caller's alone.
                unsafe { (steps.output)(&patch) };
            }
        }
    }
}
