//! Products of f32 matrices on matrix units (Intel's AMX), which multiply bfloat16s and add up f32s.
//!
//! Each f32 is split exactly into three bfloat16s, x = high + middle + low with eight bits each. Of the nine products of parts, six are
//! computed; the rest is below 2⁻²⁵ of a term, half of what rounding a term to f32 loses. The units treat denormal numbers as zero, and
//! parts of what is not finite are not numbers: such blocks are computed again by the vector units, whose answer is the right one.
//!
//! Source: Henry, Tang & Heinecke, *Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations*, 2019.

mod pack;
mod tiles;

use crate::{Pool, Tail, io::tell, micro::Micro, product::Product};
use pack::{Lines, packed};
use std::{cell::RefCell, ops::Range};
pub(crate) use tiles::there;
use tiles::{BLOCK, STEP, Sums, TILE, Units};

/// Multiplications and additions worth the units: a processor that uses them is slower for some time.
const LEAST: usize = 12_000_000;
/// Elements of the depth that are summed up at a time.
const DEPTH: usize = 512;
/// Bytes of packed columns, which stay in the second cache while the rows meet them.
const COLUMNS: usize = 768 << 10;

#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u8; 64]);

/// Where a thread packs rows and columns.
struct Room {
    rows: Vec<Line>,
    columns: Vec<Line>,
    sums: [Sums; 2],
}

impl Room {
    fn new() -> Box<Self> {
        let lines = |bytes: usize| vec![Line([0; 64]); bytes / 64];
        let sums = [(); 2].map(|()| Sums([[0.0; BLOCK]; BLOCK]));
        Box::new(Self { rows: lines(packed(BLOCK, DEPTH)), columns: lines(COLUMNS), sums })
    }
}

thread_local! {
    static ROOM: RefCell<Option<Box<Room>>> = const { RefCell::new(None) };
}

impl Product {
    /// Whether the units are there and worth it.
    pub fn suits_units(&self) -> bool {
        self.m >= BLOCK
            && self.n >= BLOCK
            && self.k >= STEP
            && self.m.saturating_mul(self.n).saturating_mul(self.k) >= LEAST
            && there()
    }

    /// Computes it there. What is not a number is left to the vector units.
    ///
    /// # Safety
    /// As [`Product::run`]; the units are there.
    pub unsafe fn on_units(&self, micro: &Micro, pool: &Pool, tail: Option<Tail<'_>>) {
        let &Self { m, n, .. } = self;
        // Tasks that share an operand each pack all of it: they share the smaller one.
        let cut = |len: usize| len.div_ceil(pool.threads()).next_multiple_of(TILE);
        let block = if n > m { [m, cut(n)] } else { [cut(m), n] };
        self.in_blocks(block, Some(pool), &|rows, columns| {
            // SAFETY: passed on; the blocks do not overlap.
            unsafe { self.part_on_units(micro, rows, columns, tail) };
        });
    }

    unsafe fn part_on_units(&self, micro: &Micro, rows: Range<usize>, columns: Range<usize>, tail: Option<Tail<'_>>) {
        let &Self { n, k, .. } = self;
        // Even parts of the depth.
        let depth = k.div_ceil(k.div_ceil(DEPTH)).next_multiple_of(STEP);
        let width = COLUMNS / packed(TILE, depth) * TILE / BLOCK * BLOCK;
        ROOM.with_borrow_mut(|room| {
            let room = room.get_or_insert_with(Room::new);
            // SAFETY: the caller vouches for the units.
            let _units = unsafe { Units::new() };
            for first in columns.clone().step_by(width) {
                let columns = first..(first + width).min(columns.end);
                for d in (0..k).step_by(depth) {
                    let layer = Layer { product: self, micro, depth: d..(d + depth).min(k) };
                    // SAFETY: passed on; the room is for so much.
                    unsafe { layer.column_lines(&columns).pack(false, room.columns.as_mut_ptr().cast()) };
                    for row in rows.clone().step_by(BLOCK) {
                        let block = row..(row + BLOCK).min(rows.end);
                        // SAFETY: as above.
                        unsafe { layer.rows(&block, &columns, room) };
                        if layer.depth.end == k {
                            tell(tail, n, block, columns.clone());
                        }
                    }
                }
            }
        });
    }
}

/// A part of the depth.
struct Layer<'a> {
    product: &'a Product,
    micro: &'a Micro,
    depth: Range<usize>,
}

impl Layer<'_> {
    fn row_lines(&self, rows: &Range<usize>) -> Lines {
        let &Product { a, a_strides: [row, column], .. } = self.product;
        let from = a.wrapping_offset(rows.start as isize * row + self.depth.start as isize * column);
        Lines { from, count: rows.len(), step: row as usize, depth: self.depth.len(), inner: column as usize }
    }

    fn column_lines(&self, columns: &Range<usize>) -> Lines {
        let &Product { b, b_strides: [row, column], .. } = self.product;
        let from = b.wrapping_offset(columns.start as isize * column + self.depth.start as isize * row);
        Lines { from, count: columns.len(), step: column as usize, depth: self.depth.len(), inner: row as usize }
    }

    /// A block of rows, against all columns.
    unsafe fn rows(&self, rows: &Range<usize>, columns: &Range<usize>, room: &mut Room) {
        let &Product { c, c_row, add, .. } = self.product;
        let add = add || self.depth.start > 0;
        let (packed_rows, packed_columns) = (room.rows.as_mut_ptr().cast::<u8>(), room.columns.as_ptr().cast::<u8>());
        // SAFETY: passed on.
        unsafe { self.row_lines(rows).pack(true, packed_rows) };
        let mut before = None;
        for (i, panel) in panels(columns).enumerate() {
            let w = packed_columns.wrapping_add(packed(panel.start - columns.start, self.depth.len()));
            let c = c.wrapping_offset(rows.start as isize * c_row).wrapping_add(panel.start);
            // SAFETY: passed on.
            unsafe {
                room.sums[i % 2].product(packed_rows, rows.len(), w, panel.len(), self.depth.len().div_ceil(STEP));
                // While the units are at it, what they did before is written.
                if let Some((i, panel, c)) = before.replace((i, panel, c)) {
                    self.put(&room.sums[i % 2], rows, panel, c, add);
                }
            }
        }
        if let Some((i, panel, c)) = before {
            // SAFETY: passed on.
            unsafe { self.put(&room.sums[i % 2], rows, panel, c, add) };
        }
    }

    /// Writes a block of c.
    unsafe fn put(&self, sums: &Sums, rows: &Range<usize>, columns: Range<usize>, c: *mut f32, add: bool) {
        let &Product { a_strides, b_strides, c_row, .. } = self.product;
        let (m, n, k) = (rows.len(), columns.len(), self.depth.len());
        // SAFETY: passed on.
        unsafe {
            if sums.are_numbers(m, n) {
                return sums.put(m, n, c, c_row as usize, add);
            }
            let (a, b) = (self.row_lines(rows).from, self.column_lines(&columns).from);
            Product { m, n, k, a, a_strides, b, b_strides, c, c_row, add }.on_vectors(self.micro);
        }
    }
}

/// Columns that are one block wide.
fn panels(columns: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let end = columns.end;
    columns.clone().step_by(BLOCK).map(move |c| c..(c + BLOCK).min(end))
}

#[cfg(test)]
mod tests;
