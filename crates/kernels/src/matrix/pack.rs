//! Operands for the units: the parts of f32s, as tiles.

use super::tiles::{BLOCK, BYTES, SIDE, STEP, TILE};
use crate::micro::lanes::{Lanes, x86::Avx512};
use std::arch::x86_64::*;

/// Parts of an f32.
const PARTS: usize = 3;
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

impl Lines {
    /// Their parts as tiles: block after block, for each step of the depth each part's tiles one after the other. A row of a tile of
    /// a is a line, one of a tile of b a pair of elements of the depth.
    ///
    /// # Safety
    /// The lines can be read; `to` has [`packed`] bytes.
    #[target_feature(enable = "avx512f")]
    pub unsafe fn pack(self, of_a: bool, to: *mut u8) {
        let Self { from, count, step, depth, inner } = self;
        let (tiles, steps) = (count.div_ceil(TILE), depth.div_ceil(STEP));
        let place = |i: usize, k: usize| {
            let block = i / SIDE;
            let part = (tiles - block * SIDE).min(SIDE) * BYTES;
            (to.wrapping_add(packed(block * BLOCK, depth) + k * PARTS * part + i % SIDE * BYTES), part)
        };
        // As memory lies: along the lines, or across them.
        // SAFETY: within the lines, by the counts.
        unsafe {
            match (inner == 1, of_a) {
                (true, true) => {
                    for i in 0..tiles {
                        let lines = (count - i * TILE).min(TILE);
                        for r in 0..TILE {
                            let x = from.wrapping_add((i * TILE + r) * step);
                            let whole = if r < lines { depth / STEP } else { 0 };
                            let (to, part) = place(i, 0);
                            for k in 0..whole {
                                let x = x.wrapping_add(k * STEP);
                                let (a, b) = (_mm512_loadu_ps(x), _mm512_loadu_ps(x.wrapping_add(TILE)));
                                pair(a, b, to.wrapping_add(k * PARTS * part + r * 64), part);
                            }
                            for k in whole..steps {
                                let x = x.wrapping_add(k * STEP);
                                row(x, TILE, r, [lines; 2], halves(depth - k * STEP), place(i, k));
                            }
                        }
                    }
                }
                (false, false) => {
                    for k in 0..steps {
                        let rows = halves(depth - k * STEP);
                        for r in 0..TILE {
                            let (x, half) = (from.wrapping_add((k * STEP + r) * inner), TILE * inner);
                            let whole = if r < rows[1] { count / BLOCK } else { 0 };
                            for block in 0..whole {
                                let (x, (to, part)) = (x.wrapping_add(block * BLOCK), place(block * SIDE, k));
                                for t in 0..SIDE {
                                    let x = x.wrapping_add(t * TILE);
                                    let (a, b) = (_mm512_loadu_ps(x), _mm512_loadu_ps(x.wrapping_add(half)));
                                    pair(a, b, to.wrapping_add(t * BYTES + r * 64), part);
                                }
                            }
                            for i in whole * SIDE..tiles {
                                let columns = [(count - i * TILE).min(TILE); 2];
                                row(x.wrapping_add(i * TILE), half, r, rows, columns, place(i, k));
                            }
                        }
                    }
                }
                (true, false) => {
                    for (i, k) in (0..tiles).flat_map(|i| (0..steps).map(move |k| (i, k))) {
                        let (x, lines) = (from.wrapping_add(i * TILE * step + k * STEP), (count - i * TILE).min(TILE));
                        turned(x, TILE, step, [lines; 2], halves(depth - k * STEP), place(i, k));
                    }
                }
                (false, true) => {
                    for (k, i) in (0..steps).flat_map(|k| (0..tiles).map(move |i| (k, i))) {
                        let (x, lines) = (from.wrapping_add(i * TILE + k * STEP * inner), (count - i * TILE).min(TILE));
                        turned(x, TILE * inner, inner, halves(depth - k * STEP), [lines; 2], place(i, k));
                    }
                }
            }
        }
    }
}

/// The elements of a step that are there, of each half.
fn halves(left: usize) -> [usize; 2] {
    [left.min(TILE), left.saturating_sub(TILE).min(TILE)]
}

/// The r-th row of a tile's parts, where it is a row of memory; the second half of each pair is `half` further. What is beyond the
/// rows and columns of each half is zero.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn row(x: *const f32, half: usize, r: usize, rows: [usize; 2], columns: [usize; 2], to: (*mut u8, usize)) {
    let mask = |h: usize| if r < rows[h] { ((1u32 << columns[h]) - 1) as __mmask16 } else { 0 };
    // SAFETY: what is masked out is not read.
    unsafe {
        let a = _mm512_maskz_loadu_ps(mask(0), x);
        let b = _mm512_maskz_loadu_ps(mask(1), x.wrapping_add(half));
        pair(a, b, to.0.wrapping_add(r * 64), to.1);
    }
}

/// A tile's parts where its rows are memory's columns.
#[target_feature(enable = "avx512f")]
unsafe fn turned(x: *const f32, half: usize, step: usize, rows: [usize; 2], columns: [usize; 2], to: (*mut u8, usize)) {
    #[repr(align(64))]
    struct Room([f32; 2 * TILE * TILE]);
    if rows != [TILE; 2] || columns != [TILE; 2] {
        let mut room = Room([0.0; 2 * TILE * TILE]);
        for h in 0..2 {
            for r in 0..rows[h] {
                let (from, to) = (x.wrapping_add(h * half + r * step), &mut room.0[(h * TILE + r) * TILE..]);
                // SAFETY: rows and columns that are there.
                unsafe { std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), columns[h]) };
            }
        }
        // SAFETY: whole tiles.
        return unsafe { turned(room.0.as_ptr(), TILE * TILE, TILE, [TILE; 2], [TILE; 2], to) };
    }
    for c in (0..TILE).step_by(4) {
        // SAFETY: whole tiles.
        unsafe {
            let a = Avx512::columns(x.add(c), step);
            let b = Avx512::columns(x.add(half + c), step);
            for i in 0..4 {
                pair(a[i].0, b[i].0, to.0.wrapping_add((c + i) * 64), to.1);
            }
        }
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
