//! Operands for the units: the parts of f32s, as tiles.

use super::tiles::{BLOCK, BYTES, SIDE, STEP, TILE};
use crate::micro::lanes::{Lanes, x86::Avx512};
use std::arch::x86_64::*;

/// Parts of an f32.
const PARTS: usize = 3;
/// A tile is packed in so many bits, of four rows each.
const QUARTERS: usize = 4;
/// The bits of an f32 that a bfloat16 has.
const HIGH: i32 = 0xffff_0000_u32 as i32;

/// Bytes of the parts of so many lines (rows of a, columns of b) of this depth.
pub(crate) const fn packed(lines: usize, depth: usize) -> usize {
    lines.div_ceil(TILE) * depth.div_ceil(STEP) * PARTS * BYTES
}

/// Lines of a matrix: rows of a, or columns of b.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    pub from: *const f32,
    /// How many,
    pub count: usize,
    /// from one to the next,
    pub step: usize,
    /// their elements,
    pub depth: usize,
    /// and from one of these to the next; either step is 1.
    pub inner: usize,
}

/// Lines that are packed as tiles, bit by bit: block after block, for each step of the depth each part's tiles one after the other. A
/// row of a tile of a is a line, one of a tile of b a pair of elements of the depth.
pub(crate) struct Packing {
    lines: Lines,
    of_a: bool,
    to: *mut u8,
    /// Which tile is next, and which quarter of it.
    tile: usize,
    step: usize,
    quarter: usize,
    left: usize,
}

impl Packing {
    /// Of rows of a, or columns of b, to so many bytes as they have [`packed`].
    pub fn new(lines: Lines, of_a: bool, to: *mut u8) -> Self {
        let left = QUARTERS * lines.count.div_ceil(TILE) * lines.depth.div_ceil(STEP);
        Self { lines, of_a, to, tile: 0, step: 0, quarter: 0, left }
    }

    /// Quarters of tiles that are not packed yet.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Packs the rest.
    ///
    /// # Safety
    /// The lines can be read and `to` be written.
    #[target_feature(enable = "avx512f")]
    pub unsafe fn finish(&mut self) {
        while self.left > 0 {
            // SAFETY: passed on.
            unsafe { self.next() };
        }
    }

    /// Packs a quarter, if one is left.
    ///
    /// # Safety
    /// As [`Packing::finish`].
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub unsafe fn next(&mut self) {
        let Lines { count, depth, inner, .. } = self.lines;
        if self.left == 0 {
            return;
        }
        let (i, k) = (self.tile, self.step);
        let (lines, within) = (count - i * TILE, depth - k * STEP);
        // A tile of a block's parts: each part holds as many tiles as the block is wide.
        let part = (count.div_ceil(TILE) - i / SIDE * SIDE).min(SIDE) * BYTES;
        let to = self.to.wrapping_add(packed(i / SIDE * BLOCK, depth) + k * PARTS * part + i % SIDE * BYTES);
        let (x, turned) = (self.place(), (inner == 1) != self.of_a);
        let (half, row) = self.lines.rows();
        // SAFETY: within the lines, by the counts.
        unsafe {
            if lines >= TILE && within >= STEP {
                quarter(x, half, row, turned, self.quarter, to, part);
            } else if self.quarter == 0 {
                let (lines, depth) = ([lines.min(TILE); 2], halves(within));
                let (rows, columns) = if inner == 1 { (lines, depth) } else { (depth, lines) };
                edge(x, half, row, rows, columns, turned, to, part);
            }
        }
        self.forward();
    }

    fn place(&self) -> *const f32 {
        let Lines { from, step, inner, .. } = self.lines;
        from.wrapping_add(self.tile * TILE * step + self.step * STEP * inner)
    }

    #[inline]
    fn forward(&mut self) {
        let Lines { count, depth, inner, .. } = self.lines;
        self.left -= 1;
        self.quarter = (self.quarter + 1) % QUARTERS;
        if self.quarter == 0 {
            // As memory lies: along the lines or across them.
            let (fast, slow, count) = match inner {
                1 => (&mut self.step, &mut self.tile, depth.div_ceil(STEP)),
                _ => (&mut self.tile, &mut self.step, count.div_ceil(TILE)),
            };
            *fast += 1;
            if *fast == count {
                (*fast, *slow) = (0, *slow + 1);
            }
        }
    }
}

impl Lines {
    /// Elements from the first half of each pair to the second, and from a row of memory to the next.
    fn rows(&self) -> (usize, usize) {
        let &Self { step, inner, .. } = self;
        if inner == 1 { (TILE, step) } else { (TILE * inner, inner) }
    }
}

/// The elements of a step that are there, of each half.
fn halves(left: usize) -> [usize; 2] {
    [left.min(TILE), left.saturating_sub(TILE).min(TILE)]
}

/// A quarter of a tile's parts, each part so many bytes further. The tile lies in rows of memory, the second half of each pair `half`
/// further; turned, its rows are memory's columns.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn quarter(x: *const f32, half: usize, step: usize, turned: bool, quarter: usize, to: *mut u8, part: usize) {
    const EACH: usize = TILE / QUARTERS;
    let (first, to) = (quarter * EACH, to.wrapping_add(quarter * EACH * 64));
    // SAFETY: a whole tile.
    unsafe {
        if turned {
            let a = Avx512::columns(x.add(first), step);
            let b = Avx512::columns(x.add(half + first), step);
            for i in 0..EACH {
                pair(a[i].0, b[i].0, to.wrapping_add(i * 64), part);
            }
        } else {
            for i in 0..EACH {
                let x = x.add((first + i) * step);
                pair(_mm512_loadu_ps(x), _mm512_loadu_ps(x.add(half)), to.wrapping_add(i * 64), part);
            }
        }
    }
}

/// A tile of which there are so many rows and columns in each half; the rest is zero.
#[target_feature(enable = "avx512f")]
unsafe fn edge(
    x: *const f32,
    half: usize,
    step: usize,
    rows: [usize; 2],
    columns: [usize; 2],
    turned: bool,
    to: *mut u8,
    part: usize,
) {
    #[repr(align(64))]
    struct Room([f32; 2 * TILE * TILE]);
    let mut room = Room([0.0; 2 * TILE * TILE]);
    for h in 0..2 {
        for r in 0..rows[h] {
            let (from, to) = (x.wrapping_add(h * half + r * step), &mut room.0[(h * TILE + r) * TILE..]);
            // SAFETY: rows and columns that are there.
            unsafe { std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), columns[h]) };
        }
    }
    for q in 0..QUARTERS {
        // SAFETY: a whole tile.
        unsafe { quarter(room.0.as_ptr(), TILE * TILE, TILE, turned, q, to, part) };
    }
}

/// The three parts of two vectors, each part's pairs side by side.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn pair(a: __m512, b: __m512, to: *mut u8, part: usize) {
    // Functions, not closures: those have no such instructions and are called one by one.
    let (a, b) = (split(a), split(b));
    // SAFETY: a row of each part's tile.
    unsafe {
        _mm512_storeu_si512(to.cast(), beside(a.0, b.0));
        _mm512_storeu_si512(to.wrapping_add(part).cast(), beside(a.1, b.1));
        _mm512_storeu_si512(to.wrapping_add(2 * part).cast(), beside(a.2, b.2));
    }
}

/// The bfloat16s of a below those of b.
#[inline]
#[target_feature(enable = "avx512f")]
fn beside(a: __m512, b: __m512) -> __m512i {
    let below = _mm512_srli_epi32::<16>(_mm512_castps_si512(a));
    let above = _mm512_and_si512(_mm512_castps_si512(b), _mm512_set1_epi32(HIGH));
    _mm512_or_si512(below, above)
}

/// x = high + middle + low: rounded to eight bits, what is left rounded to eight bits, and the rest, which has no more.
#[inline]
#[target_feature(enable = "avx512f")]
fn split(x: __m512) -> (__m512, __m512, __m512) {
    let high = rounded(x);
    let rest = _mm512_sub_ps(x, high);
    let middle = rounded(rest);
    (high, middle, _mm512_sub_ps(rest, middle))
}

/// To the nearest bfloat16. What is not finite becomes something of which x is not the sum.
#[inline]
#[target_feature(enable = "avx512f")]
fn rounded(x: __m512) -> __m512 {
    let up = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000));
    _mm512_castsi512_ps(_mm512_and_si512(up, _mm512_set1_epi32(HIGH)))
}
