//! Products with few columns, whose operands lie as matrices do.

// Rows and columns are counted by constants, which is what keeps a tile in registers.
#![allow(clippy::needless_range_loop)]

use super::lanes::Lanes;

/// c[rows, columns] = a[rows, depth] · b[depth, columns], or added to c, of as many columns as the micro-kernel is wide.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    pub a: *const f32,
    /// From one row of a to the next, and from one column to the next: either is 1.
    pub a_strides: [usize; 2],
    pub rows: usize,
    pub depth: usize,
    pub b: *const f32,
    pub b_row: usize,
    pub c: *mut f32,
    pub c_row: usize,
    pub add: bool,
}

/// Computes it.
pub(crate) type PanelFn = unsafe fn(&Panel);

/// Tiles of R rows and C vectors, and smaller ones for the rows that are left.
#[inline(always)]
pub(super) unsafe fn panel<V: Lanes, const R: usize, const C: usize>(p: &Panel) {
    // SAFETY: passed on.
    unsafe {
        match p.a_strides {
            [1, _] => panel_of::<V, R, C, true>(p),
            _ => panel_of::<V, R, C, false>(p),
        }
    }
}

/// The same; `BESIDE`: the rows of a lie side by side.
#[inline(always)]
unsafe fn panel_of<V: Lanes, const R: usize, const C: usize, const BESIDE: bool>(p: &Panel) {
    // SAFETY: passed on.
    unsafe {
        let mut row = tiles::<V, R, C, BESIDE>(p, 0);
        if R > 4 {
            row = tiles::<V, 4, C, BESIDE>(p, row);
        }
        tiles::<V, 1, C, BESIDE>(p, row);
    }
}

/// As many tiles as there are rows for, from one on; gives the first row that is left.
#[inline(always)]
unsafe fn tiles<V: Lanes, const R: usize, const C: usize, const BESIDE: bool>(p: &Panel, mut row: usize) -> usize {
    while row + R <= p.rows {
        // SAFETY: rows that are there.
        unsafe { tile::<V, R, C, BESIDE>(p, row) };
        row += R;
    }
    row
}

#[inline(always)]
unsafe fn tile<V: Lanes, const R: usize, const C: usize, const BESIDE: bool>(p: &Panel, row: usize) {
    let [a_row, a_col] = p.a_strides;
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let (mut a, mut b, c) = (p.a.add(row * a_row), p.b, p.c.add(row * p.c_row));
        let mut sums = [[V::zero(); C]; R];
        if p.add {
            for r in 0..R {
                for i in 0..C {
                    sums[r][i] = V::load(c.add(r * p.c_row + i * V::LANES));
                }
            }
        }
        for _ in 0..p.depth {
            let mut columns = [V::zero(); C];
            for i in 0..C {
                columns[i] = V::load(b.add(i * V::LANES));
            }
            for r in 0..R {
                let x = V::splat(a.add(if BESIDE { r } else { r * a_row }));
                for i in 0..C {
                    sums[r][i] = sums[r][i].fma(x, columns[i]);
                }
            }
            a = a.wrapping_add(if BESIDE { a_col } else { 1 });
            b = b.wrapping_add(p.b_row);
        }
        for r in 0..R {
            for i in 0..C {
                sums[r][i].store(c.add(r * p.c_row + i * V::LANES));
            }
        }
    }
}
