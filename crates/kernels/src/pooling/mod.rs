//! Largest elements and averages of windows, in one to three spatial dimensions, channels last.

mod average;
mod max;

pub use average::{average_pool, average_pool_gradient};
pub use max::{max_pool, max_pool_gradient, max_pool_pick};

use std::ops::Range;

/// Elements that a task reads, about.
const GRAIN: usize = 32 * 1024;

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

    /// The sample and the covered parts of a window.
    #[inline(always)]
    fn window(&self, place: usize) -> (usize, [Range<usize>; 3]) {
        let [a, b, c] = self.axes.each_ref().map(Vec::len);
        let [p, q, r] = &self.axes;
        let (line, k) = (place / c, place % c);
        let (plane, j) = (line / b, line % b);
        (plane / a, [p[plane % a].clone(), q[j].clone(), r[k].clone()])
    }

    /// Calls `visit` with the point (counted over all samples) of each element of a window, in order.
    #[inline(always)]
    fn each(&self, place: usize, visit: impl FnMut(usize)) {
        let (sample, [p, q, r]) = self.window(place);
        self.points(sample, [&p, &q, &r], visit);
    }

    /// The same for a window of a sample.
    #[inline(always)]
    fn points(&self, sample: usize, [p, q, r]: [&Range<usize>; 3], mut visit: impl FnMut(usize)) {
        let [l, m, n] = self.input;
        for i in p.clone() {
            for j in q.clone() {
                let line = ((sample * l + i) * m + j) * n;
                for k in r.clone() {
                    visit(line + k);
                }
            }
        }
    }

    /// Elements that all windows cover together, channels aside.
    fn reads(&self) -> usize {
        self.batch * self.axes.iter().map(|a| a.iter().map(ExactSizeIterator::len).sum::<usize>()).product::<usize>()
    }
}

#[cfg(test)]
mod tests;
