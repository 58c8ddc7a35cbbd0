//! The largest elements of windows. Of equal ones the first counts; NaN is larger than all.

use super::{GRAIN, Windows};
use crate::{
    Kernel,
    math::Real,
    shared::{Shared, share_out, share_rows},
};
use std::ops::Range;

/// Channels whose places are found side by side.
const TILE: usize = 64;

/// Whether `v` takes the place of `best`.
#[inline(always)]
#[allow(clippy::eq_op)]
fn beats<T: Real>(v: T, best: T) -> bool {
    v > best || (v != v && best == best)
}

/// The largest element of each window of input 0.
pub fn max_pool<T: Real>(w: Windows) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, out) = unsafe { (io.input::<T>(0, w.inputs()), io.output::<T>(0, w.outputs())) };
        let n = w.channels;
        share_rows(
            io.pool,
            out,
            n,
            w.reads() * n,
            GRAIN,
            #[inline(always)]
            |place, out| {
                out.fill(-T::INFINITY);
                w.each(
                    place,
                    #[inline(always)]
                    |point| {
                        for (o, &v) in out.iter_mut().zip(&x[point * n..][..n]) {
                            *o = if beats(v, *o) { v } else { *o };
                        }
                    },
                );
            },
        );
    })
}

/// Where the largest elements of some channels of a window are, as points.
#[inline(always)]
fn largest<T: Real>(w: &Windows, x: &[T], sample: usize, window: [&Range<usize>; 3], first: usize, points: &mut [u32]) {
    let (n, width) = (w.channels, points.len());
    let mut best = [-T::INFINITY; TILE];
    let best = &mut best[..width];
    let (mut number, mut start) = (0u32, 0);
    // Counted from the window's first point, so that 32 bits are enough.
    w.points(
        sample,
        window,
        #[inline(always)]
        |point| {
            if number == 0 {
                start = point;
                points.fill(0);
            }
            number += 1;
            let (at, x) = ((point - start) as u32, &x[point * n + first..][..width]);
            for i in 0..width {
                let take = beats(x[i], best[i]);
                points[i] = if take { at } else { points[i] };
                best[i] = if take { x[i] } else { best[i] };
            }
        },
    );
}

/// The first point of a window.
#[inline(always)]
fn start(w: &Windows, sample: usize, [p, q, r]: [&Range<usize>; 3]) -> Option<usize> {
    let [l, m, n] = w.input;
    let empty = p.is_empty() || q.is_empty() || r.is_empty();
    (!empty).then(|| ((sample * l + p.start) * m + q.start) * n + r.start)
}

/// What each element of input 0 (x) gets when input 1 (g, of the windows) goes to their largest elements.
pub fn max_pool_gradient<T: Real>(w: Windows) -> Kernel {
    let (n, points) = (w.channels, w.input.iter().product::<usize>());
    let tiles = n.div_ceil(TILE);
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, g, out) =
            unsafe { (io.input::<T>(0, w.inputs()), io.input::<T>(1, w.outputs()), io.output::<T>(0, w.inputs())) };
        let target = &Shared::new(out);
        // Windows overlap within a sample, never between channels.
        let (units, places) = (w.batch * tiles, w.places() / w.batch.max(1));
        let cost = (w.reads() * n).max(w.inputs());
        share_out(
            io.pool,
            units,
            cost,
            GRAIN,
            #[inline(always)]
            |unit| {
                let (sample, first) = (unit / tiles, unit % tiles * TILE);
                let width = TILE.min(n - first);
                let mut found = [0u32; TILE];
                for point in sample * points..(sample + 1) * points {
                    // SAFETY: this unit's channels of the sample.
                    unsafe { target.slice(point * n + first, width) }.fill(T::ZERO);
                }
                let [planes, lines, line] = &w.axes;
                let mut place = sample * places;
                // One by one along the axes: to find each place by division takes as long as its window.
                for (p, q) in planes.iter().flat_map(|p| lines.iter().map(move |q| (p, q))) {
                    for r in line {
                        let (window, g) = ([p, q, r], &g[place * n + first..][..width]);
                        place += 1;
                        let Some(start) = start(&w, sample, window) else { continue };
                        largest(&w, x, sample, window, first, &mut found[..width]);
                        w.points(
                            sample,
                            window,
                            #[inline(always)]
                            |point| {
                                // SAFETY: as above.
                                let out = unsafe { target.slice(point * n + first, width) };
                                let at = (point - start) as u32;
                                for i in 0..width {
                                    out[i] += if found[i] == at { g[i] } else { T::ZERO };
                                }
                            },
                        );
                    }
                }
                if tiles == 1 {
                    io.finished(sample * points * n..(sample + 1) * points * n);
                }
            },
        );
        if tiles != 1 {
            io.all_finished(w.inputs());
        }
    })
}

/// For each window, the element of input 1 (u) that is where the largest of input 0 (x) is.
pub fn max_pool_pick<T: Real>(w: Windows) -> Kernel {
    let n = w.channels;
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, u, out) =
            unsafe { (io.input::<T>(0, w.inputs()), io.input::<T>(1, w.inputs()), io.output::<T>(0, w.outputs())) };
        share_rows(
            io.pool,
            out,
            n,
            w.reads() * n,
            GRAIN,
            #[inline(always)]
            |place, out| {
                let (sample, [p, q, r]) = w.window(place);
                let window = [&p, &q, &r];
                let Some(start) = start(&w, sample, window) else { return out.fill(T::ZERO) };
                let mut found = [0u32; TILE];
                for (tile, out) in out.chunks_mut(TILE).enumerate() {
                    let first = tile * TILE;
                    largest(&w, x, sample, window, first, &mut found[..out.len()]);
                    for (i, o) in out.iter_mut().enumerate() {
                        *o = u[(start + found[i] as usize) * n + first + i];
                    }
                }
            },
        );
    })
}
