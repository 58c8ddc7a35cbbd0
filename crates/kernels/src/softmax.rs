//! Softmax and its relatives along one axis.

use crate::{Kernel, Pool, math::Real, shared::share_rows};

/// Elements one task computes, about.
const GRAIN: usize = 8 * 1024;
/// Columns computed side by side.
const TILE: usize = 32;

/// Calls `row(i, out)` for the rows of `out`, `n` elements each, shared among the threads; `cost` is that of one.
#[inline(always)]
pub fn for_rows<T: Send>(pool: &Pool, out: &mut [T], n: usize, cost: usize, row: impl Fn(usize, &mut [T]) + Sync) {
    let all = out.len() / n.max(1) * cost;
    share_rows(pool, out, n, all, GRAIN, row);
}

/// The largest element; NaN if there is one.
#[inline(always)]
pub fn largest<T: Real>(x: &[T]) -> T {
    // A comparison without NaN is what vectors have; whether there is one shows in the sum of the exponentials.
    let mut lanes = [-T::INFINITY; 16];
    let whole = x.chunks_exact(16);
    for (m, &v) in lanes.iter_mut().zip(whole.remainder()) {
        *m = if v > *m { v } else { *m };
    }
    for chunk in whole {
        for k in 0..16 {
            lanes[k] = if chunk[k] > lanes[k] { chunk[k] } else { lanes[k] };
        }
    }
    fold(lanes, |m, v| if v > m { v } else { m })
}

/// The sum, in lanes.
#[inline(always)]
pub fn total<T: Real>(x: &[T]) -> T {
    let mut lanes = [T::ZERO; 16];
    let whole = x.chunks_exact(16);
    for (s, &v) in lanes.iter_mut().zip(whole.remainder()) {
        *s += v;
    }
    for chunk in whole {
        for k in 0..16 {
            lanes[k] += chunk[k];
        }
    }
    fold(lanes, |a, b| a + b)
}

/// Less than a block of a row, filled up with what no maximum and no sum of exponentials notices.
#[inline(always)]
fn filled<T: Real>(rest: &[T]) -> [T; 16] {
    let mut block = [-T::INFINITY; 16];
    block.iter_mut().zip(rest).for_each(|(b, &v)| *b = v);
    block
}

/// Writes e^(x − max) and returns (max, sum).
#[inline(always)]
pub fn exponentials<T: Real>(x: &[T], out: &mut [T]) -> (T, T) {
    let top = largest(x);
    let (mut from, mut to) = (x.chunks_exact(16), out.chunks_exact_mut(16));
    for (x, out) in (&mut from).zip(&mut to) {
        for k in 0..16 {
            out[k] = (x[k] - top).exp();
        }
    }
    let mut rest = filled(from.remainder());
    // The rows of most classifiers are shorter than a block: vectors do them all the same.
    rest.iter_mut().for_each(|v| *v = (*v - top).exp());
    to.into_remainder().iter_mut().zip(&rest).for_each(|(o, &v)| *o = v);
    (top, total(out))
}

/// (max, Σ e^(x − max)).
#[inline(always)]
pub fn exponential_sum<T: Real>(x: &[T]) -> (T, T) {
    let top = largest(x);
    let chunks = x.chunks_exact(16);
    let mut lanes = filled(chunks.remainder());
    lanes.iter_mut().for_each(|v| *v = (*v - top).exp());
    for chunk in chunks {
        for k in 0..16 {
            lanes[k] += (chunk[k] - top).exp();
        }
    }
    (top, fold(lanes, |a, b| a + b))
}

/// Sixteen as one, by halves.
#[inline(always)]
fn fold<T: Real>(mut lanes: [T; 16], join: impl Fn(T, T) -> T) -> T {
    let mut half = 8;
    while half > 0 {
        for k in 0..half {
            lanes[k] = join(lanes[k], lanes[k + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Softmax (or its logarithm) of a tensor (outer, n, inner) along the middle axis.
pub fn softmax<T: Real>(outer: usize, n: usize, inner: usize, log: bool) -> Kernel {
    let len = outer * n * inner;
    Kernel::new(move |io| {
        // SAFETY: the input and the output have `len` elements.
        let (x, out) = unsafe { (io.input::<T>(0, len), io.output::<T>(0, len)) };
        for_rows(
            io.pool,
            out,
            n * inner,
            n * inner,
            #[inline(always)]
            |i, out| {
                let x = &x[i * n * inner..][..n * inner];
                if inner == 1 { row(x, out, log) } else { columns(x, out, inner, log) }
            },
        );
    })
}

#[inline(always)]
fn row<T: Real>(x: &[T], out: &mut [T], log: bool) {
    let (top, sum) = exponentials(x, out);
    if log {
        let shift = sum.ln();
        for (o, &v) in out.iter_mut().zip(x) {
            *o = v - top - shift;
        }
    } else {
        let scale = T::ONE / sum;
        for o in out.iter_mut() {
            *o = *o * scale;
        }
    }
}

#[inline(always)]
fn columns<T: Real>(x: &[T], out: &mut [T], inner: usize, log: bool) {
    for first in (0..inner).step_by(TILE) {
        let w = TILE.min(inner - first);
        let (mut top, mut sum) = ([-T::INFINITY; TILE], [T::ZERO; TILE]);
        for x in x.chunks_exact(inner).map(|r| &r[first..first + w]) {
            for k in 0..w {
                top[k] = if x[k] > top[k] { x[k] } else { top[k] };
            }
        }
        let parts = x.chunks_exact(inner).zip(out.chunks_exact_mut(inner));
        for (x, out) in parts.map(|(x, o)| (&x[first..first + w], &mut o[first..first + w])) {
            for k in 0..w {
                out[k] = (x[k] - top[k]).exp();
                sum[k] += out[k];
            }
        }
        let parts = x.chunks_exact(inner).zip(out.chunks_exact_mut(inner));
        for (x, out) in parts.map(|(x, o)| (&x[first..first + w], &mut o[first..first + w])) {
            for k in 0..w {
                out[k] = if log { x[k] - top[k] - sum[k].ln() } else { out[k] / sum[k] };
            }
        }
    }
}
