//! Averages of windows, of the elements they really cover.

use super::Windows;
use crate::{Kernel, math::Real};
use std::ops::Range;

/// The average of each window of input 0.
pub fn average_pool<T: Real>(w: Windows) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (x, out) = unsafe { (io.input::<T>(0, w.inputs()), io.output::<T>(0, w.outputs())) };
        let n = w.channels;
        w.share(
            io.pool,
            out,
            w.reads(),
            #[inline(always)]
            |window, out| {
                out.fill(T::ZERO);
                let mut count = 0;
                w.points(
                    window,
                    #[inline(always)]
                    |_, point| {
                        count += 1;
                        out.iter_mut().zip(&x[point * n..][..n]).for_each(|(o, &v)| *o += v);
                    },
                );
                let scale = T::from_f64(f64::from(count));
                out.iter_mut().for_each(|o| *o = *o / scale);
            },
        );
    })
}

/// For each element, the windows that cover it: neighbours, because their starts and ends rise.
fn covering(windows: &[Range<usize>], input: usize) -> Vec<Range<usize>> {
    (0..input)
        .map(|i| {
            let first = windows.partition_point(|w| w.end <= i);
            first..windows.partition_point(|w| w.start <= i).max(first)
        })
        .collect()
}

/// What each element of x gets when input 0 is shared out evenly over the windows `w` of x.
pub fn average_pool_gradient<T: Real>(w: Windows) -> Kernel {
    // The windows over the gradient, seen from the elements.
    let axes = [0, 1, 2].map(|i| covering(&w.axes[i], w.input[i]));
    let back = Windows { batch: w.batch, input: w.axes.each_ref().map(Vec::len), axes, channels: w.channels };
    let shares: [Vec<T>; 3] =
        w.axes.each_ref().map(|a| a.iter().map(|r| T::ONE / T::from_f64(r.len() as f64)).collect());
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes.
        let (g, out) = unsafe { (io.input::<T>(0, back.inputs()), io.output::<T>(0, back.outputs())) };
        let n = back.channels;
        back.share(
            io.pool,
            out,
            back.reads().max(back.outputs()),
            #[inline(always)]
            |(sample, [p, q, r]), out| {
                out.fill(T::ZERO);
                let [a, b, c] = back.input;
                for (i, j) in p.clone().flat_map(|i| q.clone().map(move |j| (i, j))) {
                    for k in r.clone() {
                        let share = shares[0][i] * shares[1][j] * shares[2][k];
                        let g = &g[(((sample * a + i) * b + j) * c + k) * n..][..n];
                        out.iter_mut().zip(g).for_each(|(o, &g)| *o += g * share);
                    }
                }
            },
        );
    })
}
