//! Products of f32 matrices on matrix units (Intel's AMX), which multiply bfloat16s and add up f32s.
//!
//! Each f32 is split exactly into three bfloat16s, x = high + middle + low with eight bits each. Of the nine products of parts, six are
//! computed; the rest is below 2⁻²⁵ of a term, half of what rounding a term to f32 loses. The units treat denormal numbers as zero, and
//! parts of what is not finite are not numbers: such blocks are computed again by the vector units, whose answer is the right one.
//!
//! The shorter side of c stays packed while blocks of the other move past it, each packed while the one before is computed: the units
//! leave the vector units free, and do not get faster where memory is near (data that changes much lowers their clock).
//!
//! Source: Henry, Tang & Heinecke, *Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations*, 2019.

mod pack;
mod tiles;

use crate::{Passing, Pool, Tail, io::tell, micro::Micro, product::Product, shared::Shared};
use pack::{Lines, Packing, packed};
use std::{cell::RefCell, ops::Range};
pub(crate) use tiles::there;
use tiles::{BLOCK, Block, Meanwhile, STEP, TILE, Units, are_finite};

/// Multiplications and additions worth the units: a processor that uses them is slower for some time.
const LEAST: usize = 12_000_000;
/// Elements of the depth that are packed at a time,
const DEPTH: usize = 512;
/// and bytes of the lines that stay: in the second cache, while blocks meet them.
const STAYING: usize = 768 << 10;
/// Elements of c that are so few that parts of a great depth are summed up side by side.
const SMALL: usize = 64 * 1024;
/// So many such parts are there at most.
const MOST_PARTS: usize = 8;

#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u8; 64]);

/// Where a thread packs: the lines that stay, and the block that meets them while the next one is packed.
struct Room {
    staying: Vec<Line>,
    blocks: [Vec<Line>; 2],
    edge: tiles::Room,
    /// A block of rows of c that only the tail reads.
    passing: Vec<Line>,
}

impl Room {
    fn new() -> Box<Self> {
        let lines = |bytes: usize| vec![Line([0; 64]); bytes / 64];
        let blocks = [(); 2].map(|()| lines(packed(BLOCK, DEPTH)));
        Box::new(Self { staying: lines(STAYING), blocks, edge: tiles::Room::new(), passing: vec![] })
    }
}

thread_local! {
    /// Sums of parts of the depth.
    static SUMS: RefCell<Vec<f32>> = const { RefCell::new(vec![]) };
    static ROOM: RefCell<Option<Box<Room>>> = const { RefCell::new(None) };
}

impl Product {
    /// Whether the units are there and worth it.
    pub fn suits_units(&self) -> bool {
        self.m >= BLOCK
            && self.n >= BLOCK
            && self.k >= STEP
            && !self.add
            && self.m.saturating_mul(self.n).saturating_mul(self.k) >= LEAST
            && there()
    }

    /// Computes it there. What is not a number is left to the vector units.
    ///
    /// # Safety
    /// As [`Product::run`]; the units are there.
    pub unsafe fn on_units(&self, micro: &Micro, pool: &Pool, tail: Option<Tail<'_>>, passing: Option<Passing<'_>>) {
        let &Self { m, n, k, .. } = self;
        if m * n <= SMALL && k >= DEPTH {
            // SAFETY: passed on.
            return unsafe { self.in_depths((k / (2 * DEPTH)).clamp(2, MOST_PARTS), micro, pool, tail) };
        }
        // Tasks that share an operand each pack all of it: they share the smaller one.
        let cut = |len: usize| len.div_ceil(pool.threads()).next_multiple_of(TILE);
        let block = if n > m { [m, cut(n)] } else { [cut(m), n] };
        self.in_blocks(block, Some(pool), &|rows, columns| {
            // SAFETY: passed on; the blocks do not overlap.
            unsafe { self.part_on_units(micro, rows, columns, tail, passing) };
        });
    }

    /// In so many parts of the depth, whose sums are added up in the end: less is packed than for parts of c.
    unsafe fn in_depths(&self, parts: usize, micro: &Micro, pool: &Pool, tail: Option<Tail<'_>>) {
        let &Self { m, n, k, .. } = self;
        SUMS.with_borrow_mut(|sums| {
            sums.resize(sums.len().max((parts - 1) * m * n), 0.0);
            let sums = &Shared::new(sums);
            let each = k.div_ceil(parts).next_multiple_of(STEP);
            let rows = m.div_ceil(pool.threads().div_ceil(parts)).next_multiple_of(TILE);
            pool.run(parts * m.div_ceil(rows), &|task| {
                let (part, row) = (task % parts, task / parts * rows);
                let mut product = self.cut(&(0..m), &(0..n), &(part * each..((part + 1) * each).min(k)));
                if part > 0 {
                    (product.c, product.c_row) = (sums.start().wrapping_add((part - 1) * m * n), n as isize);
                }
                // SAFETY: passed on; each part has its own sums, and each task rows of them.
                unsafe { product.part_on_units(micro, row..(row + rows).min(m), 0..n, None, None) };
            });
            self.in_blocks([BLOCK, n], Some(pool), &|rows, columns| {
                for row in rows.clone() {
                    for part in 0..parts - 1 {
                        // SAFETY: a row of c, which only this task touches, and one of the sums.
                        let (c, sums) = unsafe { (self.row(row), sums.slice((part * m + row) * n, n)) };
                        c.iter_mut().zip(sums).for_each(|(c, sum)| *c += *sum);
                    }
                }
                // SAFETY: passed on.
                unsafe { self.mend(micro, &rows, &columns) };
                tell(tail, n, rows, columns);
            });
        });
    }

    /// A part of it: of these rows and columns of c, over this part of the depth.
    fn cut(&self, rows: &Range<usize>, columns: &Range<usize>, depth: &Range<usize>) -> Self {
        let &Self { a_strides, b_strides, c_row, .. } = self;
        let offset = |i: usize, j: usize, strides: [isize; 2]| i as isize * strides[0] + j as isize * strides[1];
        Self {
            m: rows.len(),
            n: columns.len(),
            k: depth.len(),
            a: self.a.wrapping_offset(offset(rows.start, depth.start, a_strides)),
            b: self.b.wrapping_offset(offset(depth.start, columns.start, b_strides)),
            c: self.c.wrapping_offset(offset(rows.start, columns.start, [c_row, 1])),
            ..*self
        }
    }

    /// A row of c.
    #[allow(clippy::mut_from_ref)]
    unsafe fn row(&self, row: usize) -> &mut [f32] {
        // SAFETY: passed on.
        unsafe { std::slice::from_raw_parts_mut(self.c.wrapping_offset(row as isize * self.c_row), self.n) }
    }

    unsafe fn part_on_units(
        &self,
        micro: &Micro,
        rows: Range<usize>,
        columns: Range<usize>,
        tail: Option<Tail<'_>>,
        passing: Option<Passing<'_>>,
    ) {
        let &Self { n, k, .. } = self;
        // Blocks of the longer side meet all of the other, which stays; of rows sooner, for the tail's sake.
        let by_rows = columns.len() < 2 * rows.len();
        let (moving, staying) = if by_rows { (&rows, &columns) } else { (&columns, &rows) };
        // Even parts of the depth.
        let depth = k.div_ceil(k.div_ceil(DEPTH)).next_multiple_of(STEP);
        let width = STAYING / packed(BLOCK, depth) * BLOCK;
        // Whole rows that are finished at once need not be written where nobody else reads them.
        let passing = passing.filter(|_| by_rows && k <= depth && n <= width && columns.len() == n);
        ROOM.with_borrow_mut(|room| {
            let room = room.get_or_insert_with(Room::new);
            let aside = passing.map(|then| {
                let lines = (BLOCK * n).div_ceil(TILE);
                room.passing.resize(room.passing.len().max(lines), Line([0; 64]));
                (room.passing.as_mut_ptr().cast::<f32>(), then)
            });
            let place = |rows: &Range<usize>| match aside {
                Some((to, _)) => Self { c: to.wrapping_sub(rows.start * n), c_row: n as isize, ..*self },
                None => *self,
            };
            let finish = |rows: &Range<usize>, columns: &Range<usize>| {
                for block in blocks(rows) {
                    // SAFETY: passed on.
                    unsafe { place(&block).mend(micro, &block, columns) };
                    match aside {
                        Some((at, then)) => then(block.start * n..block.end * n, at.cast()),
                        None => tell(tail, n, block, columns.clone()),
                    }
                }
            };
            // SAFETY: the caller vouches for the units.
            let _units = unsafe { Units::new() };
            for first in staying.clone().step_by(width) {
                let staying = first..(first + width).min(staying.end);
                for d in (0..k).step_by(depth) {
                    let layer = Layer { product: self, by_rows, staying: &staying, depth: d..(d + depth).min(k) };
                    let last = layer.depth.end == k && by_rows;
                    // SAFETY: passed on; the room is for so much.
                    unsafe {
                        layer.run(moving, room, &place, &|rows| {
                            if last {
                                finish(rows, &staying)
                            }
                        })
                    };
                }
                if !by_rows {
                    finish(&staying, moving);
                }
            }
        });
    }

    /// Computes again, on the vector units, what is not finite.
    unsafe fn mend(&self, micro: &Micro, rows: &Range<usize>, columns: &Range<usize>) {
        let finite = |columns: &Range<usize>| {
            // SAFETY: elements of c, which only this task touches; the units come with such vectors.
            rows.clone().all(|r| unsafe { are_finite(&self.row(r)[columns.clone()]) })
        };
        if finite(columns) {
            return;
        }
        for panel in blocks(columns).filter(|panel| !finite(panel)) {
            // SAFETY: a block of the product.
            unsafe { self.cut(rows, &panel, &(0..self.k)).on_vectors(micro) };
        }
    }
}

/// A part of the depth, of lines that stay.
struct Layer<'a> {
    product: &'a Product,
    by_rows: bool,
    staying: &'a Range<usize>,
    depth: Range<usize>,
}

impl Layer<'_> {
    /// Rows or columns of the product on their way to be packed.
    fn packing(&self, rows: bool, lines: &Range<usize>, to: *mut u8) -> Packing {
        let depth = &self.depth;
        let (from, [step, inner]) = match rows {
            true => (self.product.cut(lines, &(0..0), depth).a, self.product.a_strides),
            false => {
                (self.product.cut(&(0..0), lines, depth).b, [self.product.b_strides[1], self.product.b_strides[0]])
            }
        };
        let (step, inner) = (step as usize, inner as usize);
        Packing::new(Lines { from, count: lines.len(), step, depth: depth.len(), inner }, rows, to)
    }

    /// Blocks of the lines that move, one after the other: `place` gives the product where a block of rows goes, `done` hears of each
    /// block that moved.
    unsafe fn run(
        &self,
        moving: &Range<usize>,
        room: &mut Room,
        place: &dyn Fn(&Range<usize>) -> Product,
        done: &dyn Fn(&Range<usize>),
    ) {
        let &Self { by_rows, staying, ref depth, .. } = self;
        let Room { staying: stay, blocks: [this, next], edge, .. } = room;
        let stay = stay.as_mut_ptr().cast::<u8>();
        let [mut this, mut next] = [this, next].map(|b| b.as_mut_ptr().cast::<u8>());
        let mut ahead = blocks(moving);
        let mut packing = |to| self.packing(by_rows, &ahead.next().unwrap_or(moving.end..moving.end), to);
        // SAFETY: passed on.
        unsafe {
            self.packing(!by_rows, staying, stay).finish();
            packing(this).finish();
        }
        let (steps, add) = (depth.len().div_ceil(STEP), depth.start > 0);
        for block in blocks(moving) {
            let mut meanwhile = Meanwhile::new(packing(next), steps * staying.len().div_ceil(BLOCK));
            for panel in blocks(staying) {
                let stay = stay.wrapping_add(packed(panel.start - staying.start, depth.len())).cast_const();
                let (rows, columns, packed) = match by_rows {
                    true => (&block, &panel, [this.cast_const(), stay]),
                    false => (&panel, &block, [stay, this.cast_const()]),
                };
                let Product { c, c_row, .. } = place(rows).cut(rows, columns, depth);
                let block = Block { rows: rows.len(), columns: columns.len(), steps, add };
                // SAFETY: passed on.
                unsafe { block.product(packed, c, c_row as usize, edge, &mut meanwhile) };
            }
            std::mem::swap(&mut this, &mut next);
            done(&block);
        }
    }
}

/// Lines that are one block wide.
fn blocks(lines: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let end = lines.end;
    lines.clone().step_by(BLOCK).map(move |c| c..(c + BLOCK).min(end))
}

#[cfg(test)]
mod tests;
