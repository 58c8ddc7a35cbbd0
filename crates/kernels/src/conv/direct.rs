//! Sums of windows times weights without a matrix of windows: the micro-kernel reads the source where it lies.

use super::{
    bands::{Bands, Unit},
    patches::Patches,
};
use crate::{
    Pool,
    micro::{Dot, DotFn, MOST_ROWS, Micro, Tile, fitting, micro},
    shared::Shared,
    simd,
};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Threads that can work on one convolution.
pub(super) const THREADS: usize = 16;

/// How the weights of a row of the depth are found: the first column's, and the step to the next.
pub(super) type Weight<'a> = dyn Fn(usize) -> (usize, usize) + Sync + 'a;

/// Windows over a source times a matrix of weights.
pub(super) struct Direct {
    bands: Bands,
    tile: Tile<DotFn>,
    columns: usize,
    depth: usize,
    /// Where a unit's rows are written, from its first.
    to: Vec<u32>,
}

impl Direct {
    /// Windows of `patches` times `columns` columns, written to rows with these steps from sample to sample and along the axes.
    pub fn new(patches: &Patches, columns: usize, steps: [usize; 4]) -> Option<Self> {
        let micro: &Micro = micro()?;
        let bands = Bands::new(patches, columns)?;
        if columns == 0 || !bands.fits(steps[0]) {
            return None;
        }
        let depth = bands.runs.len() * bands.run;
        let tile = fitting(&micro.dots, bands.at.len(), columns);
        let vectors = bands.runs.len() * bands.run.div_ceil(micro.lanes);
        // A few columns are computed one by one, along the runs.
        let by_line = columns * (vectors + 8) < columns.div_ceil(tile.width) * (tile.width / micro.lanes) * depth;
        let tile = if by_line { Tile { rows: 1, width: 1, run: micro.line } } else { tile };
        let to = bands.offsets(steps);
        Some(Self { bands, tile, columns, depth, to })
    }

    /// Elements of the packed weights.
    pub fn weights(&self) -> usize {
        self.depth * self.columns.next_multiple_of(self.tile.width)
    }

    /// Elements of scratch for each thread.
    pub fn scratch(&self) -> usize {
        // Whole cache lines.
        self.bands.scratch().next_multiple_of(16)
    }

    /// Writes the weights in the order in which the tiles read them.
    pub fn pack(&self, pool: &Pool, w: &[f32], weight: &Weight<'_>, out: &mut [f32]) {
        let (width, depth) = (self.tile.width, self.depth);
        let blocks = self.columns.div_ceil(width);
        // Rows of the depth for one task.
        let per = (16 * 1024 / width).clamp(1, depth);
        let parts = depth.div_ceil(per);
        let out = &Shared::new(out);
        pool.run(blocks * parts, &|task| {
            let (block, part) = (task / parts, task % parts);
            let (first, last) = (block * width, ((block + 1) * width).min(self.columns));
            let rows = part * per..((part + 1) * per).min(depth);
            // SAFETY: this task's rows of the block.
            let out = unsafe { out.slice((block * depth + rows.start) * width, rows.len() * width) };
            for (row, out) in rows.zip(out.chunks_exact_mut(width)) {
                let (at, step) = weight(row);
                let (out, rest) = out.split_at_mut(last - first);
                if step == 1 {
                    out.copy_from_slice(&w[at + first..at + last]);
                } else {
                    let w = w[at + first * step..].iter().step_by(step);
                    out.iter_mut().zip(w).for_each(|(o, &v)| *o = v);
                }
                rest.fill(0.0);
            }
        });
    }

    /// Computes all units; `origin` says where the row of a place of a sample begins in y, `done` hears of the rows of finished units.
    pub fn run(
        &self,
        pool: &Pool,
        x: &[f32],
        w: &[f32],
        scratch: &Shared<f32>,
        y: &Shared<f32>,
        origin: &(dyn Fn(usize, [usize; 3]) -> usize + Sync),
        done: &(dyn Fn(std::ops::Range<usize>) + Sync),
    ) {
        share(pool, self.bands.units(), &|thread, unit| {
            let unit = self.bands.unit(unit);
            // SAFETY: each thread has its own part.
            let room = unsafe { scratch.slice(thread * self.scratch(), self.scratch()) };
            let x = simd(
                #[inline(always)]
                || self.bands.source(x, &unit, room),
            );
            let (sample, place) = self.bands.start(&unit);
            // SAFETY: the rows of this unit are in y.
            let y = unsafe { y.start().add(origin(sample, place)) };
            self.unit(&unit, x, w, y);
            done(unit.rows);
        });
    }

    fn unit(&self, unit: &Unit, x: *const f32, w: &[f32], y: *mut f32) {
        let (n, Tile { rows, width, run }) = (unit.rows.len(), self.tile);
        let bands = &self.bands;
        for (block, w) in w.chunks_exact(self.depth * width).enumerate() {
            let first = block * width;
            let dot = |at: &[u32], to: &[u32]| {
                let columns = width.min(self.columns - first);
                let y = y.wrapping_add(first);
                let dot = Dot {
                    x,
                    at,
                    runs: &bands.runs,
                    run: bands.run,
                    w: w.as_ptr(),
                    step: width,
                    add: false,
                    y,
                    to,
                    count: rows,
                    columns,
                };
                // SAFETY: the tables' offsets are within the unit's source and its rows of y; w holds the block.
                unsafe { run(&dot) };
            };
            if n < rows {
                // The last place repeats.
                let (mut at, mut to) = ([0; MOST_ROWS], [0; MOST_ROWS]);
                for i in 0..rows {
                    (at[i], to[i]) = (bands.at[i.min(n - 1)], self.to[i.min(n - 1)]);
                }
                dot(&at[..rows], &to[..rows]);
                continue;
            }
            for start in (0..n).step_by(rows) {
                // The last tile begins early enough to be whole.
                let tile = start.min(n - rows)..start.min(n - rows) + rows;
                dot(&bands.at[tile.clone()], &self.to[tile]);
            }
        }
    }
}

/// Calls `each(thread, i)` for `0..n`, one after the other on up to [`THREADS`] threads.
pub(super) fn share(pool: &Pool, n: usize, each: &(dyn Fn(usize, usize) + Sync)) {
    let next = AtomicUsize::new(0);
    pool.run(pool.threads().min(THREADS).min(n), &|thread| {
        loop {
            let i = next.fetch_add(1, Relaxed);
            if i >= n {
                break;
            }
            each(thread, i);
        }
    });
}
