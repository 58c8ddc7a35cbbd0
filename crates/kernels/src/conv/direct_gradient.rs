//! The gradient of a convolution's kernel without a matrix of windows.
//!
//! The places are cut into parts by the shape alone; each part's sum is taken by one thread, and the sums are added in order.

use super::{Convolution, Shared, bands::Bands, direct::THREADS, direct::share, kernel_gradient, patches::Patches};
use crate::{
    Kernel,
    micro::{Outer, fitting, micro},
    simd,
};

/// Tasks, at most.
const TASKS: usize = 8;
/// Elements of all parts' sums together, about.
const PARTIAL: usize = 8 << 20;
/// Places that are summed up in registers: their windows and columns stay in the first cache.
const PLACES: usize = 128;

/// The gradient by micro-kernels, where there are some.
pub(super) fn kernel(c: Convolution, patches: &Patches) -> Option<Kernel> {
    let bands = Bands::new(patches, c.filters)?;
    let (columns, depth) = (c.filters, bands.runs.len() * bands.run);
    if columns == 0 {
        return None;
    }
    let tile = fitting(&micro()?.outers, depth, columns);
    let run = bands.run as u32;
    let mut rows: Vec<u32> = bands.runs.iter().flat_map(|&r| (0..run).map(move |k| r + k)).collect();
    // Rows that nobody wants repeat the last.
    rows.resize(depth.next_multiple_of(tile.rows), *rows.last()?);
    let units = bands.units();
    let parts = units.min(TASKS).min(PARTIAL / c.weights()).max(1);
    let blocks = columns.div_ceil(tile.width);
    let cuts = (TASKS / parts).clamp(1, blocks);
    let sums = (parts * c.weights()).next_multiple_of(16);
    let each = bands.scratch().next_multiple_of(16);
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, y, w), scratch) =
            unsafe { (kernel_gradient::buffers::<f32>(io, &c), io.scratch::<f32>(sums + each * THREADS)) };
        let (sums, scratch) = scratch.split_at_mut(sums);
        let scratch = &Shared::new(scratch);
        let target = &Shared::new(if parts > 1 { &mut *sums } else { &mut *w });
        share(io.pool, parts * cuts, &|thread, task| {
            let (part, cut) = (task / cuts, task % cuts);
            let cols = (blocks * cut / cuts * tile.width)..(blocks * (cut + 1) / cuts * tile.width).min(columns);
            let target = target.start().wrapping_add(part * c.weights());
            // SAFETY: each thread has its own part.
            let room = unsafe { scratch.slice(thread * each, each) };
            let of_part = units * part / parts..units * (part + 1) / parts;
            for unit in of_part.clone() {
                let begun = unit > of_part.start;
                let unit = bands.unit(unit);
                let x = simd(
                    #[inline(always)]
                    || bands.source(x, &unit, room),
                );
                let places = &bands.at[..unit.rows.len()];
                for (block, at) in places.chunks(PLACES).enumerate() {
                    let g = y[(unit.rows.start + block * PLACES) * columns..].as_ptr();
                    for first in cols.clone().step_by(tile.width) {
                        for (i, rows) in rows.chunks_exact(tile.rows).enumerate() {
                            let done = i * tile.rows;
                            let y = target.wrapping_add(done * columns + first);
                            let (count, columns_left) =
                                ((depth - done).min(tile.rows), (cols.end - first).min(tile.width));
                            let g = g.wrapping_add(first);
                            let outer = Outer {
                                x,
                                at,
                                rows,
                                g,
                                step: columns,
                                y,
                                row: columns,
                                add: begun || block > 0,
                                count,
                                columns: columns_left,
                            };
                            // SAFETY: the tables' offsets are within the unit's source, g has a row for each place, and
                            // the tile lies in this task's columns.
                            unsafe { (tile.run)(&outer) };
                        }
                    }
                }
            }
        });
        if parts > 1 {
            kernel_gradient::add_up(io.pool, &sums[..parts * c.weights()], w);
        }
        io.all_finished(c.weights());
    });
    Some(kernel.with_scratch((sums + each * THREADS) * size_of::<f32>()))
}
