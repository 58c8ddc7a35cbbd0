//! Memory whose parts are shared out among tasks.

use crate::{Pool, simd};
use std::ops::Range;

/// Memory that tasks write different parts of.
pub(crate) struct Shared<T>(*mut T);
// SAFETY: tasks write disjoint elements.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(slice: &mut [T]) -> Self {
        Self(slice.as_mut_ptr())
    }

    /// The first element's address.
    pub fn start(&self) -> *mut T {
        self.0
    }

    /// # Safety
    /// The elements exist and belong to the calling task alone.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn slice(&self, at: usize, len: usize) -> &mut [T] {
        // SAFETY: the caller vouches for it.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(at), len) }
    }
}

/// Calls `each(i)` for `0..n` in about even parts, in code for the widest vectors; one task computes about `grain` of the `cost`
/// of all.
pub(crate) fn share_out(pool: &Pool, n: usize, cost: usize, grain: usize, each: impl Fn(usize) + Sync) {
    let tasks = cost.div_ceil(grain).clamp(1, n.max(1));
    pool.run(tasks, &|task| {
        simd(
            #[inline(always)]
            || {
                for i in part(n, task, tasks) {
                    each(i);
                }
            },
        );
    });
}

fn part(n: usize, task: usize, tasks: usize) -> Range<usize> {
    n * task / tasks..n * (task + 1) / tasks
}

/// Calls `row(i, out)` for the rows of `out`, `n` elements each, as [`share_out`] does.
pub(crate) fn share_rows<T: Send>(
    pool: &Pool,
    out: &mut [T],
    n: usize,
    cost: usize,
    grain: usize,
    row: impl Fn(usize, &mut [T]) + Sync,
) {
    if n == 0 {
        return;
    }
    let (rows, target) = (out.len() / n, &Shared::new(out));
    // SAFETY: row `i` of `out`, which no other task touches.
    share_out(
        pool,
        rows,
        cost,
        grain,
        #[inline(always)]
        |i| row(i, unsafe { target.slice(i * n, n) }),
    );
}

/// Calls `each(at, part)` for the parts of `out`, `len` elements each and perhaps fewer in the last, which begins at `at`.
pub fn share_parts<T: Send>(pool: &Pool, out: &mut [T], len: usize, each: impl Fn(usize, &mut [T]) + Sync) {
    let (len, total, target) = (len.max(1), out.len(), &Shared::new(out));
    pool.run(total.div_ceil(len), &|task| {
        let at = task * len;
        // SAFETY: this task's part.
        each(at, unsafe { target.slice(at, len.min(total - at)) });
    });
}
