//! Convolutions where each channel meets weights of its own: sums over taps, side by side for all channels.

use super::{
    Convolution, Number, Shared, forward,
    kernel_gradient::add_up,
    patches::{Patches, Place},
    transpose::Phase,
};
use crate::{Kernel, Pool, simd};
use std::ops::Range;

/// Multiplications and additions of a task, about.
const GRAIN: usize = 32 * 1024;
/// Parts of a sum over places, at most.
const PARTS: usize = 16;

/// Calls `band` with ranges of the rows, shared among the threads; `cost` is that of one row.
fn bands(pool: &Pool, rows: usize, cost: usize, band: impl Fn(Range<usize>) + Sync) {
    let tasks = (rows.saturating_mul(cost)).div_ceil(GRAIN).clamp(1, rows.max(1));
    pool.run(tasks, &|task| {
        simd(
            #[inline(always)]
            || band(rows * task / tasks..rows * (task + 1) / tasks),
        );
    });
}

/// Calls `visit` with each tap that is inside at a place, and the element of the source where it reads.
#[inline(always)]
fn each_tap(patches: &Patches, (sample, [a, b, c]): Place, mut visit: impl FnMut(usize, usize)) {
    let [first, second, last] = &patches.lines;
    let mut tap = 0;
    for i in 0..first.offsets.len() {
        for j in 0..second.offsets.len() {
            let line = first.at(a, i).zip(second.at(b, j));
            for k in 0..last.offsets.len() {
                if let (Some((i, j)), Some(k)) = (line, last.at(c, k)) {
                    visit(tap, patches.source(sample, [i, j, k]));
                }
                tap += 1;
            }
        }
    }
}

fn zero<T: Number>() -> T {
    <T as crate::Real>::ZERO
}

/// y[c · m + i] = Σ taps x[c] · w[c · m + i]
pub(super) fn forward<T: Number>(c: Convolution, patches: Patches) -> Kernel {
    let (n, each) = (c.filters, c.filters_each());
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, w, y) = unsafe { forward::buffers::<T>(io, &c) };
        let y = &Shared::new(y);
        bands(
            io.pool,
            patches.rows(),
            n * patches.taps(),
            #[inline(always)]
            |rows| {
                for (row, place) in rows.clone().zip(patches.walk(rows.clone())) {
                    // SAFETY: a row of this band.
                    let y = unsafe { y.slice(row * n, n) };
                    y.fill(zero());
                    each_tap(
                        &patches,
                        place,
                        #[inline(always)]
                        |tap, at| {
                            let (x, w) = (&x[at..at + c.channels], &w[tap * n..(tap + 1) * n]);
                            if each == 1 {
                                y.iter_mut().zip(x).zip(w).for_each(|((y, &x), &w)| *y += x * w);
                                return;
                            }
                            for ((y, &x), w) in y.chunks_exact_mut(each.max(1)).zip(x).zip(w.chunks_exact(each.max(1)))
                            {
                                y.iter_mut().zip(w).for_each(|(y, &w)| *y += x * w);
                            }
                        },
                    );
                }
                io.finished(rows.start * n..rows.end * n);
            },
        );
    })
}

/// x[c] = Σ taps Σ i y[c · m + i] · w[c · m + i]
pub(super) fn transpose<T: Number>(c: Convolution, phases: Vec<Phase>) -> Kernel {
    let (n, each) = (c.filters, c.filters_each());
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (y, w, x) =
            unsafe { (io.input::<T>(0, c.outputs()), io.input::<T>(1, c.weights()), io.output::<T>(0, c.inputs())) };
        let x = &Shared::new(x);
        for phase in &phases {
            bands(
                io.pool,
                phase.patches.rows(),
                n * phase.taps.len().max(1),
                #[inline(always)]
                |rows| {
                    for place in phase.patches.walk(rows) {
                        // SAFETY: phases and their rows write different elements.
                        let x = unsafe { x.slice(phase.target(&c, place), c.channels) };
                        x.fill(zero());
                        each_tap(
                            &phase.patches,
                            place,
                            #[inline(always)]
                            |tap, at| {
                                let (y, w) = (&y[at..at + n], &w[phase.taps[tap] * n..][..n]);
                                if each == 1 {
                                    x.iter_mut().zip(y).zip(w).for_each(|((x, &y), &w)| *x += y * w);
                                    return;
                                }
                                for (i, x) in x.iter_mut().enumerate() {
                                    let part = i * each..(i + 1) * each;
                                    y[part.clone()].iter().zip(&w[part]).for_each(|(&y, &w)| *x += y * w);
                                }
                            },
                        );
                    }
                },
            );
        }
        io.all_finished(c.inputs());
    })
}

/// w[c · m + i] = Σ places x[c] · y[c · m + i]
pub(super) fn kernel_gradient<T: Number>(c: Convolution, patches: Patches) -> Kernel {
    let (n, each, rows, size) = (c.filters, c.filters_each(), patches.rows(), c.weights());
    let parts = (rows.saturating_mul(size) / (4 * GRAIN)).clamp(1, PARTS);
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let (x, y, w, sums) = unsafe {
            let (x, y) = (io.input::<T>(0, c.inputs()), io.input::<T>(1, c.outputs()));
            (x, y, io.output::<T>(0, size), io.scratch::<T>(parts * size))
        };
        let target = &Shared::new(&mut *sums);
        io.pool.run(parts, &|part| {
            // SAFETY: each part has its own sums.
            let w = unsafe { target.slice(part * size, size) };
            w.fill(zero());
            simd(
                #[inline(always)]
                || {
                    let rows = rows * part / parts..rows * (part + 1) / parts;
                    for (row, place) in rows.clone().zip(patches.walk(rows)) {
                        let y = &y[row * n..(row + 1) * n];
                        each_tap(
                            &patches,
                            place,
                            #[inline(always)]
                            |tap, at| {
                                let (x, w) = (&x[at..at + c.channels], &mut w[tap * n..(tap + 1) * n]);
                                if each == 1 {
                                    w.iter_mut().zip(x).zip(y).for_each(|((w, &x), &y)| *w += x * y);
                                    return;
                                }
                                let each = each.max(1);
                                for ((w, &x), y) in w.chunks_exact_mut(each).zip(x).zip(y.chunks_exact(each)) {
                                    w.iter_mut().zip(y).for_each(|(w, &y)| *w += x * y);
                                }
                            },
                        );
                    }
                },
            );
        });
        add_up(io.pool, sums, w);
        io.all_finished(size);
    })
    .with_scratch(parts * size * size_of::<T>())
}
