//! Largest elements and averages of windows, in one to three spatial dimensions, channels last.

mod average;
mod max;

pub use average::{average_pool, average_pool_gradient};
pub use max::{max_pool, max_pool_gradient, max_pool_pick};

use crate::{
    Pool,
    shared::{Shared, share_out},
};
use std::ops::Range;

/// Elements that a task reads, about.
const GRAIN: usize = 32 * 1024;
/// Windows of a line that are taken one after the other.
const RUN: usize = 64;

/// Windows over a tensor (batch, input…, channels): for each place of an axis the elements it covers, none of them padding.
/// The starts of neighbours do not fall, nor do their ends.
#[derive(Clone, Debug)]
pub struct Windows {
    /// Number of samples.
    pub batch: usize,
    /// Lengths of the spatial axes; those that are not there come first and are 1.
    pub input: [usize; 3],
    /// The windows of each axis.
    pub axes: [Vec<Range<usize>>; 3],
    /// Number of channels.
    pub channels: usize,
}

/// A window: the sample, and what it covers of each axis.
type Window<'a> = (usize, [&'a Range<usize>; 3]);

impl Windows {
    fn inputs(&self) -> usize {
        self.batch * self.input.iter().product::<usize>() * self.channels
    }

    fn outputs(&self) -> usize {
        self.places() * self.channels
    }

    /// Number of windows, of all samples.
    fn places(&self) -> usize {
        self.batch * self.axes.iter().map(Vec::len).product::<usize>()
    }

    /// The first point of a window, counted over all samples.
    #[inline(always)]
    fn start(&self, (sample, [p, q, r]): Window<'_>) -> usize {
        let [l, m, n] = self.input;
        ((sample * l + p.start) * m + q.start) * n + r.start
    }

    /// Calls `visit` with the number and the point of each element of a window, in order.
    #[inline(always)]
    fn points(&self, window: Window<'_>, mut visit: impl FnMut(u32, usize)) {
        let (_, [p, q, r]) = window;
        let [_, m, n] = self.input;
        let (mut number, mut plane) = (0, self.start(window));
        for _ in 0..p.len() {
            let mut line = plane;
            for _ in 0..q.len() {
                for k in 0..r.len() {
                    visit(number, line + k);
                    number += 1;
                }
                line += n;
            }
            plane += m * n;
        }
    }

    /// Calls `each(window, out)` with the windows and their elements of `out`, shared among the threads; all of them read `cost`
    /// elements.
    fn share<T: Send>(&self, pool: &Pool, out: &mut [T], cost: usize, each: impl Fn(Window<'_>, &mut [T]) + Sync) {
        let ([a, b, c], n) = (self.axes.each_ref().map(Vec::len), self.channels);
        let (runs, target) = (c.div_ceil(RUN), &Shared::new(out));
        // Run by run: to find each window by divisions takes as long as to read it.
        share_out(
            pool,
            self.batch * a * b * runs,
            cost,
            GRAIN,
            #[inline(always)]
            |unit| {
                let (line, run) = (unit / runs, unit % runs);
                let (plane, j) = (line / b, line % b);
                let (sample, p, q) = (plane / a, &self.axes[0][plane % a], &self.axes[1][j]);
                for k in run * RUN..c.min((run + 1) * RUN) {
                    // SAFETY: each window's elements are its own.
                    each((sample, [p, q, &self.axes[2][k]]), unsafe { target.slice((line * c + k) * n, n) });
                }
            },
        );
    }

    /// Elements that all windows cover together.
    fn reads(&self) -> usize {
        let each = self.axes.iter().map(|a| a.iter().map(ExactSizeIterator::len).sum::<usize>()).product::<usize>();
        self.batch * each * self.channels
    }
}

#[cfg(test)]
mod tests;
