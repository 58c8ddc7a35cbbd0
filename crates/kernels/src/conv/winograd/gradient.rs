//! The gradient of a kernel: Σ over tiles of x's values times the gradient's, at every point.
//!
//! The tiles are cut into parts by the shape alone; each part's sums are taken by one thread and become a kernel, and those are added in
//! order.

use super::{
    Plane, pays,
    steps::{Sums, WIDE, Weights},
    tiles::Tiles,
};
use crate::{
    Pool,
    conv::{
        direct::{THREADS, share},
        kernel_gradient::add_up,
    },
    shared::Shared,
};

/// Parts, at most.
const PARTS: usize = 8;
/// Elements of the values of the tiles that are summed up at a time, about.
const VALUES: usize = 96 * 1024;
/// Tiles of a part, at least: its sums become a kernel once.
const TILES: usize = 24;
/// Channels times filters, at most: each thread has all sums.
const WEIGHTS: usize = 128 * 128;

/// The gradient of a kernel by points.
pub(crate) struct Gradient {
    tiles: Tiles,
    channels: usize,
    filters: usize,
    parts: usize,
    /// Tiles that are summed up at a time.
    together: usize,
}

impl Gradient {
    /// That of the kernel of `channels` by `filters` that slides over `plane`, where it is faster by points.
    pub fn new(plane: Plane, channels: usize, filters: usize) -> Option<Self> {
        Self::of(plane, channels, filters).filter(|g| pays(channels, filters, &g.tiles, WEIGHTS))
    }

    /// The same, faster or not.
    pub(super) fn of(plane: Plane, channels: usize, filters: usize) -> Option<Self> {
        let tiles = Tiles::new(plane)?;
        if channels == 0 || filters == 0 {
            return None;
        }
        let steps = tiles.steps;
        let all = tiles.lines() * tiles.across;
        let parts = (all / TILES).clamp(1, PARTS);
        let vectors = channels.div_ceil(steps.lanes) + filters.div_ceil(steps.lanes);
        let most = (VALUES / (vectors * steps.each)).max(TILES / 2);
        let each = all.div_ceil(parts);
        let together = each.div_ceil(each.div_ceil(most));
        Some(Self { tiles, channels, filters, parts, together })
    }

    /// Vectors of columns side by side, and blocks of so many.
    fn wide(&self) -> usize {
        self.filters.div_ceil(self.tiles.steps.lanes).min(WIDE)
    }

    fn blocks(&self) -> usize {
        self.filters.div_ceil(self.wide() * self.tiles.steps.lanes)
    }

    /// Channels, in whole vectors.
    fn depth(&self) -> usize {
        self.channels.next_multiple_of(self.tiles.steps.lanes)
    }

    /// Elements of the sums of a block.
    fn sums(&self) -> usize {
        self.tiles.steps.points * self.depth() * self.wide() * self.tiles.steps.lanes
    }

    /// Elements from one block of the channels of some tiles' values to the next.
    fn block(&self) -> usize {
        self.together * self.tiles.steps.each
    }

    /// Elements of the values of x.
    fn values(&self) -> usize {
        self.depth() / self.tiles.steps.lanes * self.block()
    }

    /// Elements of a thread's scratch.
    fn each(&self) -> usize {
        self.blocks() * (self.sums() + self.wide() * self.block()) + self.values()
    }

    fn kernel(&self) -> usize {
        9 * self.channels * self.filters
    }

    fn partial(&self) -> usize {
        if self.parts > 1 { (self.parts * self.kernel()).next_multiple_of(16) } else { 0 }
    }

    /// Elements of scratch.
    pub fn scratch(&self) -> usize {
        self.partial() + self.each() * self.parts.min(THREADS)
    }

    /// Computes the gradient w from x and the gradient of y.
    pub fn run(&self, pool: &Pool, [x, g]: [&[f32]; 2], scratch: &mut [f32], w: &mut [f32]) {
        let (partial, scratch) = scratch.split_at_mut(self.partial());
        let scratch = &Shared::new(scratch);
        let target = &Shared::new(if self.parts > 1 { &mut *partial } else { &mut *w });
        share(pool, self.parts, &|thread, part| {
            // SAFETY: each thread has its own room, each part its own kernel.
            let (room, out) = unsafe {
                (scratch.slice(thread * self.each(), self.each()), target.slice(part * self.kernel(), self.kernel()))
            };
            self.part(part, x, g, room, out);
        });
        if self.parts > 1 {
            add_up(pool, &partial[..self.parts * self.kernel()], w);
        }
    }

    fn part(&self, part: usize, x: &[f32], g: &[f32], room: &mut [f32], out: &mut [f32]) {
        let (tiles, block) = (&self.tiles, self.block());
        let steps = tiles.steps;
        let (sums, room) = room.split_at_mut(self.blocks() * self.sums());
        let (of_x, of_g) = room.split_at_mut(self.values());
        let [from, to] = [0, 1].map(|i| tiles.lines() * tiles.across * (part + i) / self.parts);
        for first in (from..to).step_by(self.together) {
            let some = first..(first + self.together).min(to);
            for (i, tile) in some.clone().enumerate() {
                let [of_x, of_g] = [&mut *of_x, &mut *of_g].map(|v| v.as_mut_ptr().wrapping_add(i * steps.each));
                let input = tiles.input(tile, x.as_ptr(), self.channels, of_x, block);
                let output = tiles.output(tile, g.as_ptr().cast_mut(), self.filters, 0..self.filters, of_g, block);
                // SAFETY: what is inside lies in x and in g.
                unsafe {
                    (steps.input)(&input);
                    (steps.spread)(&output);
                }
            }
            for (c, w) in sums.chunks_exact_mut(self.sums()).enumerate() {
                let sums = Sums {
                    x: of_x.as_ptr(),
                    g: of_g.as_ptr().wrapping_add(c * self.wide() * block),
                    tiles: some.len(),
                    block,
                    depth: self.depth(),
                    w: w.as_mut_ptr(),
                    wide: self.wide(),
                    add: first > from,
                };
                // SAFETY: the values of these tiles; the sums are this thread's own.
                unsafe { (steps.sums)(&sums) };
            }
        }
        self.gather(sums, out);
    }

    /// The kernel from its sums.
    fn gather(&self, sums: &mut [f32], out: &mut [f32]) {
        const MOST: usize = 16;
        let (lanes, wide) = (self.tiles.steps.lanes, self.wide());
        for vector in 0..self.filters.div_ceil(lanes) {
            let columns = vector * lanes..((vector + 1) * lanes).min(self.filters);
            for first in (0..self.channels).step_by(MOST) {
                let depth = MOST.min(self.channels - first);
                let mut elements = [0f32; 9 * MOST * 16];
                let at = vector / wide * self.sums() + (first * wide + vector % wide) * lanes;
                let weights = Weights {
                    elements: elements.as_mut_ptr(),
                    depth,
                    values: sums[at..].as_mut_ptr(),
                    point: self.depth() * wide * lanes,
                    row: wide * lanes,
                };
                // SAFETY: the rows of these channels, in every point.
                unsafe { (self.tiles.steps.gather)(&weights) };
                for (i, row) in elements.chunks_exact(lanes).take(9 * depth).enumerate() {
                    let at = (i / depth * self.channels + first + i % depth) * self.filters;
                    out[at..][columns.clone()].copy_from_slice(&row[..columns.len()]);
                }
            }
        }
    }
}
