//! Largest elements and averages of windows, in one to three spatial dimensions, channels last.

mod average;
mod max;

pub use average::{average_pool, average_pool_gradient};
pub use max::{max_pool, max_pool_gradient, max_pool_pick};

use crate::{Pool, simd};
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
    fn each(&self, place: usize, mut visit: impl FnMut(usize)) {
        let (sample, [p, q, r]) = self.window(place);
        let [l, m, n] = self.input;
        for i in p {
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

/// Calls `row` for `rows` rows of `n` elements of `out`, shared among the threads; `cost` is that of all of them.
fn for_rows<T: Send>(pool: &Pool, out: &mut [T], n: usize, cost: usize, row: impl Fn(usize, &mut [T]) + Sync) {
    if n == 0 {
        return;
    }
    let (rows, target) = (out.len() / n, &Target(out.as_mut_ptr()));
    let tasks = cost.div_ceil(GRAIN).clamp(1, rows.max(1));
    pool.run(tasks, &|task| {
        simd(
            #[inline(always)]
            || {
                for i in rows * task / tasks..rows * (task + 1) / tasks {
                    // SAFETY: row `i`, which no other task touches.
                    row(i, unsafe { std::slice::from_raw_parts_mut(target.0.add(i * n), n) });
                }
            },
        );
    });
}

struct Target<T>(*mut T);
// SAFETY: tasks write disjoint elements.
unsafe impl<T: Send> Sync for Target<T> {}

#[cfg(test)]
mod tests;
