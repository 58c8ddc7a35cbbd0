//! What is done with the scores of a block of queries: a row for each key, a column for each query, so that sums and maxima over
//! the keys are those of whole vectors.

use crate::{
    conv::Number,
    gemm::single,
    math::Real,
    micro::{Panel, Turn, micro},
    simd,
};
use std::any::TypeId;

/// Columns come in vectors: where the queries are fewer, the last ones are of queries that are zeros.
pub(super) const LANES: usize = 16;
/// A block has no more.
pub(super) const MOST_COLUMNS: usize = 64;

/// Rows of a matrix, `step` apart.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    pub x: &'a [T],
    pub step: usize,
    pub count: usize,
    pub width: usize,
}

impl<T: Real> Rows<'_, T> {
    /// Side by side, each times a factor of its own if there are any. Rows of one head lie apart, where they get into each other's
    /// way in the first cache.
    pub fn together(&self, factors: Option<&[T]>, to: &mut [T]) {
        if self.width == 0 {
            return;
        }
        simd(
            #[inline(always)]
            || {
                let rows = self.x.chunks(self.step).zip(to.chunks_exact_mut(self.width)).take(self.count);
                for (i, (from, to)) in rows.enumerate() {
                    let factor = factors.map_or(T::ONE, |f| f[i]);
                    to.iter_mut().zip(from).for_each(|(to, &x)| *to = x * factor);
                }
            },
        );
    }

    /// As `columns` columns, times a factor; beyond the last row zeros.
    pub fn turned(&self, columns: usize, factor: T, to: &mut [T]) {
        let &Self { x, step, count, width } = self;
        let to = &mut to[..width * columns];
        if let Some(micro) = micro()
            && TypeId::of::<T>() == TypeId::of::<f32>()
        {
            assert!(count <= columns && x.len() >= (count - 1) * step + width);
            let (x, y) = (x.as_ptr().cast(), to.as_mut_ptr().cast());
            // SAFETY: the rows are there, as are as many columns, of this type.
            unsafe { (micro.turn)(&Turn { x, row: step, rows: count, columns: width, y, width: columns }) };
            simd(
                #[inline(always)]
                || to.iter_mut().for_each(|v| *v = *v * factor),
            );
            return;
        }
        for (l, to) in to.chunks_exact_mut(columns).enumerate() {
            to[..count].iter_mut().enumerate().for_each(|(i, to)| *to = x[i * step + l] * factor);
            to[count..].fill(T::ZERO);
        }
    }
}

/// A product of matrices that lie close: c[m, n] = a[m, k] · b[k, n], or added to c. Strides of a, of which one is 1, and steps from
/// one row of b and c to the next.
///
/// # Safety
/// The operands are there, and nobody else touches c.
pub(super) unsafe fn product<T: Number>(
    [m, n, k]: [usize; 3],
    (a, a_strides): (*const T, [usize; 2]),
    (b, b_row): (*const T, usize),
    (c, c_row): (*mut T, usize),
    add: bool,
) {
    if let Some(micro) = micro()
        && TypeId::of::<T>() == TypeId::of::<f32>()
        && n.is_multiple_of(micro.lanes)
    {
        let mut column = 0;
        while column < n {
            let tile = micro.panels.iter().find(|t| column + t.width <= n).expect("there is a tile of one vector");
            let (b, c) = (b.wrapping_add(column).cast(), c.wrapping_add(column).cast());
            // SAFETY: passed on; the elements are of this type.
            unsafe { (tile.run)(&Panel { a: a.cast(), a_strides, rows: m, depth: k, b, b_row, c, c_row, add }) };
            column += tile.width;
        }
        return;
    }
    let ([a_row, a_col], [b_row, c_row]) = (a_strides.map(|s| s as isize), [b_row, c_row].map(|s| s as isize));
    // SAFETY: passed on.
    unsafe { single(m, n, k, a, a_row, a_col, b, b_row, 1, c, c_row, add) };
}

/// Adds a bias, `step` apart from one key to the next, to the columns of `p`.
pub(super) fn add_bias<T: Real>(p: &mut [T], columns: usize, bias: Rows<'_, T>, step: usize) {
    let &Rows { x, step: of_queries, count, .. } = &bias;
    let mut turned = [T::ZERO; LANES * MOST_COLUMNS];
    for (i, p) in p.chunks_mut(LANES * columns).enumerate() {
        let keys = p.len() / columns;
        let x = &x[i * LANES * step..];
        if of_queries != 0 && step == 1 {
            Rows { x, width: keys, ..bias }.turned(columns, T::ONE, &mut turned);
        } else {
            for (j, row) in turned.chunks_exact_mut(columns).take(keys).enumerate() {
                row[..count].iter_mut().enumerate().for_each(|(i, v)| *v = x[i * of_queries + j * step]);
            }
        }
        simd(
            #[inline(always)]
            || p.iter_mut().zip(&turned).for_each(|(p, &bias)| *p += bias),
        );
    }
}

/// Multiplies rows of a matrix, `step` apart and `width` wide, with a factor each.
///
/// # Safety
/// They are there, and nobody else touches them.
pub(super) unsafe fn scale_rows<T: Real>(x: *mut T, step: usize, width: usize, factors: &[T]) {
    simd(
        #[inline(always)]
        || {
            for (i, &factor) in factors.iter().enumerate() {
                // SAFETY: the caller vouches for it.
                let row = unsafe { std::slice::from_raw_parts_mut(x.add(i * step), width) };
                row.iter_mut().for_each(|v| *v = *v * factor);
            }
        },
    );
}

/// The exponentials of the columns of `p`, each less its maximum, and 1 / their sum. A column with a NaN becomes NaN: its maximum
/// does not show it, but its sum does.
pub(super) fn soften<T: Real>(p: &mut [T], shares: &mut [T]) {
    let columns = shares.len();
    simd(
        #[inline(always)]
        || {
            let twos = columns / (2 * LANES);
            for i in 0..twos {
                soften_some::<T, { 2 * LANES }>(p, columns, 2 * LANES * i, shares);
            }
            for i in 2 * twos..columns / LANES {
                soften_some::<T, LANES>(p, columns, LANES * i, shares);
            }
        },
    );
}

#[inline(always)]
fn soften_some<T: Real, const N: usize>(p: &mut [T], columns: usize, first: usize, shares: &mut [T]) {
    let mut top = [-T::INFINITY; N];
    for row in p.chunks_exact(columns) {
        let row: [T; N] = *some(&row[first..]);
        for k in 0..N {
            top[k] = if row[k] > top[k] { row[k] } else { top[k] };
        }
    }
    let mut sum = [T::ZERO; N];
    for row in p.chunks_exact_mut(columns) {
        let row: &mut [T; N] = some_mut(&mut row[first..]);
        for k in 0..N {
            let e = (row[k] - top[k]).exp_low();
            row[k] = e;
            sum[k] += e;
        }
    }
    for (share, &sum) in shares[first..].iter_mut().zip(&sum) {
        *share = T::ONE / sum;
    }
}

/// Of the gradients `s` of what the exponentials `p` are multiplied with, times their `shares`, those of the scores:
/// p · (s − share · Σ s·p).
pub(super) fn slopes<T: Real>(p: &[T], s: &mut [T], shares: &[T]) {
    let columns = shares.len();
    simd(
        #[inline(always)]
        || {
            let twos = columns / (2 * LANES);
            for i in 0..twos {
                some_slopes::<T, { 2 * LANES }>(p, s, columns, 2 * LANES * i, shares);
            }
            for i in 2 * twos..columns / LANES {
                some_slopes::<T, LANES>(p, s, columns, LANES * i, shares);
            }
        },
    );
}

#[inline(always)]
fn some_slopes<T: Real, const N: usize>(p: &[T], s: &mut [T], columns: usize, first: usize, shares: &[T]) {
    let mut mean = [T::ZERO; N];
    for (p, s) in p.chunks_exact(columns).zip(s.chunks_exact(columns)) {
        let (p, s): ([T; N], [T; N]) = (*some(&p[first..]), *some(&s[first..]));
        for k in 0..N {
            mean[k] += p[k] * s[k];
        }
    }
    let shares: [T; N] = *some(&shares[first..]);
    for k in 0..N {
        mean[k] = mean[k] * shares[k];
    }
    for (p, s) in p.chunks_exact(columns).zip(s.chunks_exact_mut(columns)) {
        let (p, s): ([T; N], &mut [T; N]) = (*some(&p[first..]), some_mut(&mut s[first..]));
        let mut slopes = *s;
        for k in 0..N {
            slopes[k] = p[k] * (slopes[k] - mean[k]);
        }
        *s = slopes;
    }
}

#[inline(always)]
fn some<T, const N: usize>(x: &[T]) -> &[T; N] {
    x.first_chunk().expect("rows come in whole vectors")
}

#[inline(always)]
fn some_mut<T, const N: usize>(x: &mut [T]) -> &mut [T; N] {
    x.first_chunk_mut().expect("rows come in whole vectors")
}
