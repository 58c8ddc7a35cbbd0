//! Products of f32 matrices by micro-kernels.
//!
//! The rows of a are read where they lie: along a row by [`Dot`], where the columns of b are packed side by side; across the rows
//! (a transposed) by [`Outer`], which packs nothing.

use crate::{
    Pool, Tail,
    micro::{Dot, MOST_ROWS, MOST_WIDTH, Micro, Outer, Tile, fitting, micro},
    shared::Shared,
};
use std::{cell::RefCell, mem::MaybeUninit, ops::Range};

/// Elements of the depth that are summed up at a time.
const DEPTH: usize = 512;
/// Elements of a that meet all columns of b before others do.
const BLOCK: usize = 96 * 1024;
/// Fewer rows are no work for tiles.
const ROWS: usize = 4;
/// So many rows of a meet the columns of b where they lie.
const IN_PLACE: usize = 64;
/// Multiplications and additions worth a second thread: about 8 µs of one core.
const WORTH: usize = 1_000_000;

/// c[m, n] = a[m, k] · b[k, n], or added to c: strides in elements, row, then column; c has column stride 1.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: *const f32,
    pub a_strides: [isize; 2],
    pub b: *const f32,
    pub b_strides: [isize; 2],
    pub c: *mut f32,
    pub c_row: isize,
    pub add: bool,
}

// SAFETY: tasks read a and b and write different rows of c.
unsafe impl Sync for Product {}

thread_local! {
    /// The packed columns of the product that this thread has begun; grows to the largest.
    static PACKED: RefCell<Vec<f32>> = const { RefCell::new(vec![]) };
}

impl Product {
    /// Computes it on the pool, if this is a case for it. `tail` hears of the rows that are finished, as if c were contiguous.
    ///
    /// # Safety
    /// The strides stay within a, b and c; c does not overlap a or b, and nobody else touches it meanwhile.
    pub unsafe fn run(&self, pool: Option<&Pool>, tail: Option<Tail<'_>>) -> bool {
        let Some(micro) = micro() else { return false };
        let &Self { m, n, k, a_strides: [a_row, a_col], b_strides: [b_row, b_col], c_row, .. } = self;
        let small = |s: isize| s >= 0 && s < (u32::MAX as usize / DEPTH) as isize;
        if m < ROWS || n < micro.lanes || k == 0 || ![a_row, a_col, b_row, b_col, c_row].into_iter().all(small) {
            return false;
        }
        let threads = pool.map_or(1, Pool::threads);
        let tasks = (m.saturating_mul(n).saturating_mul(k.max(8)) / WORTH).clamp(1, threads).min(m.div_ceil(ROWS));
        let rows = m.div_ceil(tasks);
        if a_row == 1 && a_col != 1 && b_col == 1 {
            let tile = fitting(&micro.outers, rows, n);
            let rows = rows.next_multiple_of(tile.rows);
            // SAFETY: passed on.
            share(pool, m, rows, n, tail, &|rows| unsafe { self.outer(tile, rows) });
            return true;
        }
        if a_col != 1 {
            return false;
        }
        let tile = fitting(&micro.dots, rows, n);
        let rows = if rows > 3 * tile.rows { rows.next_multiple_of(tile.rows) } else { rows };
        if b_col == 1 && (n <= 128 || m <= IN_PLACE) && n.is_multiple_of(tile.width) {
            // Packing pays when many rows meet the columns.
            let columns = |first: usize| (self.b.wrapping_add(first), b_row as usize);
            // SAFETY: passed on.
            share(pool, m, rows, n, tail, &|rows| unsafe { self.dot(tile, rows, &columns) });
            return true;
        }
        PACKED.with_borrow_mut(|packed| {
            let len = n.div_ceil(tile.width) * tile.width * k;
            if packed.len() < len + 16 {
                *packed = vec![0.0; len + 16];
            }
            let skip = packed.as_ptr().align_offset(64).min(16);
            let packed = &mut packed[skip..skip + len];
            // SAFETY: passed on.
            unsafe { self.pack(pool.filter(|_| tasks > 1), micro, tile.width, packed) };
            let packed = &*packed;
            let columns = |first: usize| (packed[first * k..].as_ptr(), tile.width);
            // SAFETY: passed on.
            share(pool, m, rows, n, tail, &|rows| unsafe { self.dot(tile, rows, &columns) });
        });
        true
    }

    /// b in blocks of columns that lie side by side.
    unsafe fn pack(&self, pool: Option<&Pool>, micro: &Micro, width: usize, out: &mut [f32]) {
        let &Self { n, k, b, b_strides: [b_row, b_col], .. } = self;
        let (out, b) = (&Shared::new(out), &Shared::from(b.cast_mut()));
        let lanes = micro.lanes;
        let each = |block: usize| {
            // SAFETY: this task's block.
            let out = unsafe { out.slice(block * width * k, width * k) };
            let (first, count) = (block * width, width.min(n - block * width));
            let b = b.start().wrapping_offset(first as isize * b_col);
            // SAFETY: elements of b, as the caller vouches.
            unsafe {
                if b_col == 1 {
                    for (l, out) in out.chunks_exact_mut(width).enumerate() {
                        let row = b.wrapping_offset(l as isize * b_row);
                        std::ptr::copy_nonoverlapping(row.cast_const(), out.as_mut_ptr(), count);
                        out[count..].fill(0.0);
                    }
                    return;
                }
                // Some rows at a time, so that what is written stays in the first cache.
                for first in (0..k).step_by(lanes) {
                    let rows = first..(first + lanes).min(k);
                    for column in 0..width {
                        let from = b.wrapping_offset(column as isize * b_col);
                        for l in rows.clone() {
                            out[l * width + column] =
                                if column < count { *from.offset(l as isize * b_row) } else { 0.0 };
                        }
                    }
                }
            }
        };
        let blocks = n.div_ceil(width);
        match pool {
            Some(pool) => pool.run(blocks, &each),
            None => (0..blocks).for_each(each),
        }
    }

    /// Some rows of c, a row of a against the columns from `columns`.
    unsafe fn dot(
        &self,
        tile: Tile<crate::micro::DotFn>,
        rows: Range<usize>,
        columns: &dyn Fn(usize) -> (*const f32, usize),
    ) {
        let &Self { n, k, a, a_strides: [a_row, _], c, c_row, .. } = self;
        let (mut at, mut to) = ([0; MOST_ROWS], [0; MOST_ROWS]);
        // What of a is read again and again stays in the second cache.
        let some_rows = (BLOCK / k.min(DEPTH)).next_multiple_of(tile.rows);
        for depth in (0..k).step_by(DEPTH) {
            let run = DEPTH.min(k - depth);
            for (first_row, first) in
                rows.clone().step_by(some_rows).flat_map(|r| (0..n).step_by(tile.width).map(move |c| (r, c)))
            {
                let (w, step) = columns(first);
                let w = w.wrapping_add(depth * step);
                let last_row = (first_row + some_rows).min(rows.end);
                for row in (first_row..last_row).step_by(tile.rows) {
                    let count = tile.rows.min(last_row - row);
                    for i in 0..tile.rows {
                        // What is read beyond the last row is that row again, and is not written.
                        let i_or_last = i.min(count - 1);
                        (at[i], to[i]) = ((i_or_last * a_row as usize) as u32, (i_or_last * c_row as usize) as u32);
                    }
                    let dot = Dot {
                        x: a.wrapping_offset(row as isize * a_row).wrapping_add(depth),
                        at: &at[..tile.rows],
                        runs: &[0],
                        run,
                        w,
                        step,
                        add: self.add || depth > 0,
                        y: c.wrapping_offset(row as isize * c_row).wrapping_add(first),
                        to: &to[..tile.rows],
                        count,
                        columns: tile.width.min(n - first),
                    };
                    // SAFETY: rows of a and c, and packed columns or whole ones.
                    unsafe { (tile.run)(&dot) };
                }
            }
        }
    }

    /// Some rows of c, a transposed.
    unsafe fn outer(&self, tile: Tile<crate::micro::OuterFn>, rows: Range<usize>) {
        /// Places that are summed up in registers.
        const PLACES: usize = 128;
        /// The columns of some places side by side: where they lie, they may all meet in a few sets of the first cache.
        #[repr(align(64))]
        struct Columns([MaybeUninit<f32>; PLACES * MOST_WIDTH]);
        let mut packed = Columns([MaybeUninit::uninit(); PLACES * MOST_WIDTH]);
        let packed: *mut f32 = packed.0.as_mut_ptr().cast();
        let &Self { n, k, a, a_strides: [a_row, a_col], b, b_strides: [b_row, _], c, c_row, .. } = self;
        let (mut at, mut of) = ([0; PLACES], [0; MOST_ROWS]);
        at.iter_mut().enumerate().for_each(|(i, at)| *at = (i * a_col as usize) as u32);
        for depth in (0..k).step_by(PLACES) {
            let places = PLACES.min(k - depth);
            for first in (0..n).step_by(tile.width) {
                let columns = tile.width.min(n - first);
                let (mut g, mut step) = (b.wrapping_offset(depth as isize * b_row).wrapping_add(first), b_row as usize);
                if step > tile.width && rows.len() > 4 * tile.rows && columns == tile.width {
                    for place in 0..places {
                        // SAFETY: the columns are in b, and the tile is no wider than the room for them.
                        unsafe {
                            let from = g.wrapping_add(place * step);
                            std::ptr::copy_nonoverlapping(from, packed.add(place * columns), columns);
                        }
                    }
                    (g, step) = (packed.cast_const(), columns);
                }
                for row in rows.clone().step_by(tile.rows) {
                    let count = tile.rows.min(rows.end - row);
                    of.iter_mut().enumerate().for_each(|(i, of)| *of = (i.min(count - 1) * a_row as usize) as u32);
                    let outer = Outer {
                        x: a.wrapping_offset(depth as isize * a_col + row as isize * a_row),
                        at: &at[..places],
                        rows: &of[..tile.rows],
                        g,
                        step,
                        y: c.wrapping_offset(row as isize * c_row).wrapping_add(first),
                        row: c_row as usize,
                        add: self.add || depth > 0,
                        count,
                        columns,
                    };
                    // SAFETY: rows of a, b and c.
                    unsafe { (tile.run)(&outer) };
                }
            }
        }
    }
}

/// Computes the rows of c in parts of `rows`, and tells the tail of each.
fn share(
    pool: Option<&Pool>,
    m: usize,
    rows: usize,
    n: usize,
    tail: Option<Tail<'_>>,
    each: &(dyn Fn(Range<usize>) + Sync),
) {
    let part = |task: usize| {
        let rows = task * rows..((task + 1) * rows).min(m);
        each(rows.clone());
        if let Some(tail) = tail {
            tail(rows.start * n..rows.end * n);
        }
    };
    match pool {
        Some(pool) => pool.run(m.div_ceil(rows), &part),
        None => (0..m.div_ceil(rows)).for_each(part),
    }
}
