//! Rows picked out of a table.

use crate::Pool;

/// Copies row `order[i]` of `data` to row `i` of `to`.
///
/// # Safety
/// `data` holds every row that `order` names, `to` has room for `order.len()` rows, each of `row` bytes, and they do not overlap.
pub unsafe fn gather_rows(pool: &Pool, data: *const u8, row: usize, order: &[u32], to: *mut u8) {
    struct Shared(*const u8, *mut u8);
    // SAFETY: tasks read the data and write different rows.
    unsafe impl Sync for Shared {}
    let shared = &Shared(data, to);
    // Rows come from all over memory, so this many bytes take a few µs.
    const WORTH: usize = 64 << 10;
    let tasks = (row.saturating_mul(order.len()) / WORTH).clamp(1, pool.threads());
    let per = order.len().div_ceil(tasks);
    pool.run(tasks, &|t| {
        let Shared(data, to) = *shared;
        let (lo, hi) = ((t * per).min(order.len()), ((t + 1) * per).min(order.len()));
        for (i, &from) in order[lo..hi].iter().enumerate() {
            // SAFETY: the caller vouches for both rows.
            unsafe { std::ptr::copy_nonoverlapping(data.add(from as usize * row), to.add((lo + i) * row), row) };
        }
    });
}
