//! Products of f32 matrices by micro-kernels.
//!
//! a is read where it lies: along its rows by [`Dot`], across them (a transposed) by [`Outer`]. The columns of b that a tile is
//! wide, some of the depth at a time, are a panel. Each task packs its panels one after the other, just before the rows of a block
//! meet them, unless b's own rows lie close enough.

use crate::{
    Passing, Pool, Tail,
    io::tell,
    micro::{Dot, DotFn, MOST_ROWS, MOST_WIDTH, Micro, Outer, OuterFn, Tile, Turn, fitting, micro},
};
use std::{cell::RefCell, ops::Range};

/// Elements of the depth that are summed up at a time: fewer would load and store c more often, and b is streamed from the second
/// cache as fast as from the first.
const DEPTH: usize = 512;
/// Elements of a that meet all columns of b before others do: they stay in the second cache.
const BLOCK: usize = 96 * 1024;
/// Fewer rows are no work for tiles.
const ROWS: usize = 4;
/// So many columns of b lie close enough to meet the rows where they are,
const IN_PLACE: usize = 128;
/// and so few tiles of rows are not worth packing.
const FEW: usize = 4;
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

// SAFETY: tasks read a and b and write different parts of c.
unsafe impl Sync for Product {}

/// The micro-kernel that reads a as it lies.
#[derive(Clone, Copy)]
enum Reading {
    Along(Tile<DotFn>),
    Across(Tile<OuterFn>),
}

/// A part of b.
#[derive(Clone)]
struct Panel {
    depth: Range<usize>,
    columns: Range<usize>,
}

#[repr(C, align(64))]
struct Room([f32; DEPTH * MOST_WIDTH]);

thread_local! {
    /// Where this thread packs panels.
    static ROOM: RefCell<Option<Box<Room>>> = const { RefCell::new(None) };
}

impl Product {
    /// Computes it on the pool, if this is a case for it. `tail` hears of the elements that are finished, as if c were contiguous; or
    /// `passing`, if it is there, with where they are, and they are not written to c.
    ///
    /// # Safety
    /// The strides stay within a, b and c; c does not overlap a or b, and nobody else touches it meanwhile.
    pub unsafe fn run(&self, pool: Option<&Pool>, tail: Option<Tail<'_>>, passing: Option<Passing<'_>>) -> bool {
        let Some(micro) = micro().filter(|_| self.suits()) else { return false };
        #[cfg(target_arch = "x86_64")]
        if let Some(pool) = pool
            && self.suits_units()
        {
            // SAFETY: passed on.
            unsafe { self.on_units(micro, pool, tail, passing) };
            return true;
        }
        // SAFETY: passed on.
        unsafe { self.with(micro, pool, tail) };
        true
    }

    /// Whether it has rows enough, and strides as the micro-kernels read them.
    pub fn suits(&self) -> bool {
        let &Self { m, n, k, a_strides: [a_row, a_col], b_strides: [b_row, b_col], c_row, .. } = self;
        let small = |s: isize| s >= 0 && s < (u32::MAX as usize / DEPTH) as isize;
        m >= ROWS
            && n > 0
            && k > 0
            && [a_row, a_col, b_row, b_col, c_row].into_iter().all(small)
            && (a_row == 1 || a_col == 1)
            && (b_row == 1 || b_col == 1)
    }

    /// The same with these micro-kernels, for which it is a case.
    ///
    /// # Safety
    /// As [`Product::run`].
    pub unsafe fn with(&self, micro: &Micro, pool: Option<&Pool>, tail: Option<Tail<'_>>) {
        let &Self { m, n, k, .. } = self;
        let threads = pool.map_or(1, Pool::threads);
        let tasks = (m.saturating_mul(n).saturating_mul(k.max(8)) / WORTH).clamp(1, threads);
        // Wide products are cut by columns: each task packs its own.
        let wide = n >= 2 * m && n >= 2 * tasks * micro.lanes;
        let (rows, columns) = if wide { (m, n.div_ceil(tasks)) } else { (m.div_ceil(tasks.min(m.div_ceil(ROWS))), n) };
        let reading = self.reading(micro, rows, columns);
        let (tall, width) = reading.tile();
        let (rows, columns) = match wide {
            true => (m, columns.next_multiple_of(width)),
            false if rows > 3 * tall => (rows.next_multiple_of(tall), n),
            false => (rows, n),
        };
        self.in_blocks([rows, columns], pool, &|rows, columns| {
            // SAFETY: passed on; the blocks do not overlap.
            unsafe { self.part(micro, reading, rows, columns, tail) };
        });
    }

    /// Runs `part` on blocks of so many rows and columns of c.
    pub fn in_blocks(
        &self,
        [rows, columns]: [usize; 2],
        pool: Option<&Pool>,
        part: &(dyn Fn(Range<usize>, Range<usize>) + Sync),
    ) {
        let across = self.n.div_ceil(columns);
        let block = |task: usize| {
            let (i, j) = (task / across * rows, task % across * columns);
            part(i..(i + rows).min(self.m), j..(j + columns).min(self.n));
        };
        let tasks = self.m.div_ceil(rows) * across;
        match pool {
            Some(pool) => pool.run(tasks, &block),
            None => (0..tasks).for_each(block),
        }
    }

    /// All of it on this thread, whatever its size.
    ///
    /// # Safety
    /// As [`Product::run`].
    #[cfg(target_arch = "x86_64")]
    pub unsafe fn on_vectors(&self, micro: &Micro) {
        let reading = self.reading(micro, self.m, self.n);
        // SAFETY: passed on.
        unsafe { self.part(micro, reading, 0..self.m, 0..self.n, None) };
    }

    fn reading(&self, micro: &Micro, rows: usize, columns: usize) -> Reading {
        match self.a_strides[1] {
            1 => Reading::Along(fitting(&micro.dots, rows, columns)),
            _ => Reading::Across(fitting(&micro.outers, rows, columns)),
        }
    }

    /// A part of c, a block of rows after the other.
    unsafe fn part(
        &self,
        micro: &Micro,
        reading: Reading,
        rows: Range<usize>,
        columns: Range<usize>,
        tail: Option<Tail<'_>>,
    ) {
        let &Self { n, k, b_strides: [b_row, b_col], .. } = self;
        let (tall, width) = reading.tile();
        // Even parts of the depth.
        let depth = k.div_ceil(k.div_ceil(DEPTH));
        let each = (BLOCK / depth).next_multiple_of(tall);
        let panels = || {
            (0..k)
                .step_by(depth)
                .flat_map(|d| columns.clone().step_by(width).map(move |c| (d, c)))
                .map(|(d, c)| Panel { depth: d..(d + depth).min(k), columns: c..(c + width).min(columns.end) })
        };
        let near = b_col == 1 && (n <= IN_PLACE || rows.len() <= FEW * tall);
        let masked = matches!(reading, Reading::Across(_));
        for first in rows.clone().step_by(each) {
            let block = first..(first + each).min(rows.end);
            for panel in panels() {
                if near && (masked || panel.columns.len() == width) {
                    // SAFETY: passed on.
                    unsafe { self.tiles(reading, &block, &panel, self.start(&panel), b_row as usize) };
                    continue;
                }
                ROOM.with_borrow_mut(|room| {
                    let room = room.get_or_insert_with(|| Box::new(Room([0.0; DEPTH * MOST_WIDTH])));
                    // SAFETY: the panel is in b, and the room is for the largest.
                    unsafe {
                        self.pack(micro, &panel, width, room.0.as_mut_ptr());
                        self.tiles(reading, &block, &panel, room.0.as_ptr(), width);
                    }
                });
            }
            tell(tail, n, block, columns.clone());
        }
    }

    /// Where a panel begins in b.
    fn start(&self, panel: &Panel) -> *const f32 {
        let [b_row, b_col] = self.b_strides;
        self.b.wrapping_offset(panel.depth.start as isize * b_row + panel.columns.start as isize * b_col)
    }

    /// A panel as rows of `width`, with zeros where b ends.
    unsafe fn pack(&self, micro: &Micro, panel: &Panel, width: usize, to: *mut f32) {
        let [b_row, b_col] = self.b_strides;
        let (from, depth, columns) = (self.start(panel), panel.depth.len(), panel.columns.len());
        // SAFETY: elements of b, as the caller vouches, and depth · width elements of the room.
        unsafe {
            if b_col != 1 {
                let turn = Turn { x: from, row: b_col as usize, rows: columns, columns: depth, y: to, width };
                return (micro.turn)(&turn);
            }
            for l in 0..depth {
                let to = to.add(l * width);
                std::ptr::copy_nonoverlapping(from.wrapping_offset(l as isize * b_row), to, columns);
                to.add(columns).write_bytes(0, width - columns);
            }
        }
    }

    /// A block of rows against a panel.
    unsafe fn tiles(&self, reading: Reading, rows: &Range<usize>, panel: &Panel, w: *const f32, step: usize) {
        let &Self { a, a_strides: [a_row, a_col], c, c_row, .. } = self;
        let (tall, _) = reading.tile();
        let (depth, columns) = (panel.depth.len(), panel.columns.len());
        let add = self.add || panel.depth.start > 0;
        let (mut at, mut to, mut places) = ([0; MOST_ROWS], [0; MOST_ROWS], [0; DEPTH]);
        if let Reading::Across(_) = reading {
            places[..depth].iter_mut().enumerate().for_each(|(i, at)| *at = (i * a_col as usize) as u32);
        }
        for row in rows.clone().step_by(tall) {
            let count = tall.min(rows.end - row);
            if row == rows.start || count < tall {
                // What is read beyond the last row is that row again, and is not written.
                for i in 0..tall {
                    let i_or_last = i.min(count - 1);
                    (at[i], to[i]) = ((i_or_last * a_row as usize) as u32, (i_or_last * c_row as usize) as u32);
                }
            }
            let x = a.wrapping_offset(row as isize * a_row + panel.depth.start as isize * a_col);
            let y = c.wrapping_offset(row as isize * c_row).wrapping_add(panel.columns.start);
            // SAFETY: rows of a and c, and packed columns or whole ones.
            unsafe {
                match reading {
                    Reading::Along(tile) => {
                        let (at, to, run) = (&at[..tall], &to[..tall], depth);
                        (tile.run)(&Dot { x, at, runs: &[0], run, w, step, add, y, to, count, columns });
                    }
                    Reading::Across(tile) => {
                        let (rows, at, row) = (&at[..tall], &places[..depth], c_row as usize);
                        (tile.run)(&Outer { x, at, rows, g: w, step, y, row, add, count, columns });
                    }
                }
            }
        }
    }
}

impl Reading {
    /// Rows and columns of the tile.
    fn tile(self) -> (usize, usize) {
        match self {
            Reading::Along(t) => (t.rows, t.width),
            Reading::Across(t) => (t.rows, t.width),
        }
    }
}
