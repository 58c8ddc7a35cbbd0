//! The largest elements of windows. Of equal ones the first counts; NaN is larger than all.

use super::{GRAIN, Window, Windows};
use crate::{
    Kernel,
    math::Real,
    shared::{Shared, share_out},
};
use std::ops::Range;

/// Elements of a band of windows and what they cover, about: they stay in the first cache.
const BAND: usize = 8 * 1024;
/// Channels of a band, where there are few bands.
const CHANNELS: usize = 64;
/// Bands that are enough for all threads.
const BANDS: usize = 16;

/// Calls `$call` with the first of some channels and their number, a constant: as many as fill wide registers, or what is left.
macro_rules! by_lanes {
    ($channels:expr, |$first:ident, $N:ident| $call:expr) => {{
        let (mut $first, end) = ($channels.start, $channels.end);
        by_lanes!(16, $first, end, $N, $call);
        by_lanes!(4, $first, end, $N, $call);
        by_lanes!(1, $first, end, $N, $call);
    }};
    ($n:literal, $first:ident, $end:ident, $N:ident, $call:expr) => {
        while $end - $first >= $n {
            const $N: usize = $n;
            $call;
            $first += $n;
        }
    };
}

/// `N` elements from `at` on: a copy, which stays in registers.
#[inline(always)]
fn load<T: Real, const N: usize>(x: &[T], at: usize) -> [T; N] {
    x[at..at + N].try_into().expect("N elements")
}

/// The largest elements of `N` channels of a window, and their numbers in it.
#[inline(always)]
#[allow(clippy::eq_op, clippy::neg_cmp_op_on_partial_ord, reason = "NaN")]
fn largest<T: Real, const N: usize>(w: &Windows, x: &[T], window: Window<'_>, first: usize) -> ([T; N], [u32; N]) {
    let (mut best, mut found) = ([-T::INFINITY; N], [0; N]);
    w.points(
        window,
        #[inline(always)]
        |number, point| {
            let x = load::<T, N>(x, point * w.channels + first);
            for i in 0..N {
                let take = !(x[i] <= best[i]) & (best[i] == best[i]);
                found[i] = if take { number } else { found[i] };
                best[i] = if take { x[i] } else { best[i] };
            }
        },
    );
    (best, found)
}

/// The largest element of each window of input 0.
pub fn max_pool<T: Real>(w: Windows) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, out) = unsafe { (io.input::<T>(0, w.inputs()), io.output::<T>(0, w.outputs())) };
        w.share(
            io.pool,
            out,
            w.reads(),
            #[inline(always)]
            |window, out| {
                by_lanes!(0..w.channels, |first, N| {
                    out[first..first + N].copy_from_slice(&largest::<T, N>(&w, x, window, first).0);
                });
            },
        );
    })
}

/// The windows of an axis in parts of about `per` that share no element, and the elements of each part: all in one where they overlap.
fn parts(windows: &[Range<usize>], input: usize, per: usize) -> Vec<[Range<usize>; 2]> {
    let per = if apart(windows) { per.max(1) } else { windows.len().max(1) };
    let part = |first: usize| {
        let last = (first + per).min(windows.len());
        let from = if first == 0 { 0 } else { windows[first].start };
        [first..last, from..windows.get(last).map_or(input, |w| w.start)]
    };
    (0..windows.len()).step_by(per).map(part).collect()
}

/// Whether no element is in two windows.
fn apart(windows: &[Range<usize>]) -> bool {
    windows.windows(2).all(|w| w[0].end <= w[1].start)
}

/// What each element of input 0 (x) gets when input 1 (g, of the windows) goes to their largest elements.
pub fn max_pool_gradient<T: Real>(w: Windows) -> Kernel {
    let (n, [l, lines, line]) = (w.channels, w.input);
    let apart = w.axes.iter().all(|a| apart(a));
    let covered: usize = w.axes.iter().map(|a| a.iter().map(ExactSizeIterator::len).sum::<usize>()).product();
    // Elements that nobody or more than one window writes to begin as zeros.
    let zeroed = !apart || covered < l * lines * line;
    let windows = w.axes[1].len().max(1);
    let planes = parts(&w.axes[0], l, 1);
    let bands = parts(&w.axes[1], lines, BAND / (line * n * lines.div_ceil(windows)).max(1));
    let (cuts, samples) = (planes.len() * bands.len(), w.batch);
    let tiles = if samples * cuts < BANDS { n.div_ceil(CHANNELS) } else { 1 };
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, g, out) =
            unsafe { (io.input::<T>(0, w.inputs()), io.input::<T>(1, w.outputs()), io.output::<T>(0, w.inputs())) };
        let target = &Shared::new(out);
        share_out(
            io.pool,
            samples * cuts * tiles,
            w.reads().max(w.inputs()),
            GRAIN,
            #[inline(always)]
            |unit| {
                let (unit, tile) = (unit / tiles, unit % tiles);
                let (sample, cut) = (unit / cuts, unit % cuts);
                let ([planes, of_planes], [band, of_band]) = (&planes[cut / bands.len()], &bands[cut % bands.len()]);
                let channels = if tiles == 1 { 0..n } else { tile * CHANNELS..n.min((tile + 1) * CHANNELS) };
                let points = |plane: usize| {
                    let at = |i: usize| ((sample * l + plane) * lines + i) * line;
                    at(of_band.start)..at(of_band.end)
                };
                if zeroed {
                    for point in of_planes.clone().flat_map(points) {
                        // SAFETY: this unit's channels of the band.
                        unsafe { target.slice(point * n + channels.start, channels.len()) }.fill(T::ZERO);
                    }
                }
                for (i, j) in planes.clone().flat_map(|i| band.clone().map(move |j| (i, j))) {
                    let place = ((sample * w.axes[0].len() + i) * w.axes[1].len() + j) * w.axes[2].len();
                    for (k, r) in w.axes[2].iter().enumerate() {
                        let (window, g) = ((sample, [&w.axes[0][i], &w.axes[1][j], r]), &g[(place + k) * n..][..n]);
                        by_lanes!(channels, |first, N| {
                            let (_, found) = largest::<T, N>(&w, x, window, first);
                            let g = load::<T, N>(g, first);
                            w.points(
                                window,
                                #[inline(always)]
                                |number, point| {
                                    // SAFETY: as above.
                                    let out = unsafe { target.slice(point * n + first, N) };
                                    let mut all = if apart { [T::ZERO; N] } else { load(out, 0) };
                                    for i in 0..N {
                                        all[i] += if found[i] == number { g[i] } else { T::ZERO };
                                    }
                                    out.copy_from_slice(&all);
                                },
                            );
                        });
                    }
                }
                if tiles == 1 {
                    of_planes.clone().map(points).for_each(|p| io.finished(p.start * n..p.end * n));
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
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, u, out) =
            unsafe { (io.input::<T>(0, w.inputs()), io.input::<T>(1, w.inputs()), io.output::<T>(0, w.outputs())) };
        w.share(
            io.pool,
            out,
            w.reads(),
            #[inline(always)]
            |window, out| {
                by_lanes!(0..w.channels, |first, N| {
                    let (_, found) = largest::<T, N>(&w, x, window, first);
                    let out = &mut out[first..first + N];
                    out.fill(T::ZERO);
                    w.points(
                        window,
                        #[inline(always)]
                        |number, point| {
                            let u = &u[point * w.channels + first..][..N];
                            for i in 0..N {
                                out[i] = if found[i] == number { u[i] } else { out[i] };
                            }
                        },
                    );
                });
            },
        );
    })
}
