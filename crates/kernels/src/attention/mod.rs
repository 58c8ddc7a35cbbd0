//! Dot-product attention without the matrix of all scores: a block of queries at a time.
//!
//! The scores of a block have a row for each key and a column for each query, and their softmax is left without its last factor,
//! 1 / Σ, which goes into smaller matrices.
//!
//! Source: Rabe & Staats, *Self-attention does not need O(n²) memory*, 2021; Dao et al., *FlashAttention*, 2022 (the backward
//! pass computes the scores again instead of keeping them).

mod backward;
mod block;
mod forward;

use crate::{Io, conv::Number};
use block::{LANES, MOST_COLUMNS, Rows, add_bias, product, soften};

/// Queries of a block.
const ROWS: usize = MOST_COLUMNS;
/// Tasks, at most: what the scratch memory is for.
const TASKS: usize = 16;

/// Queries (batch, queries, heads, depth), keys (batch, keys, heads, depth) and values (batch, keys, heads, values).
#[derive(Clone, Debug)]
pub struct Attention {
    /// Number of samples.
    pub batch: usize,
    /// Number of heads.
    pub heads: usize,
    /// Queries of a sample.
    pub queries: usize,
    /// Keys of a sample.
    pub keys: usize,
    /// Elements of a query.
    pub depth: usize,
    /// Elements of a value.
    pub values: usize,
    /// What scores are multiplied with.
    pub scale: f64,
    /// Strides of what is added to the scores (batch, heads, queries, keys), 0 where it repeats; none: nothing is.
    pub bias: Option<[usize; 4]>,
}

/// A head of a sample, and some of its queries.
struct Unit {
    b: usize,
    n: usize,
    first: usize,
    rows: usize,
    /// The number of these, in whole vectors.
    columns: usize,
}

impl Attention {
    fn blocks(&self) -> usize {
        self.queries.div_ceil(ROWS)
    }

    /// Columns of the scores of the largest block.
    fn columns(&self) -> usize {
        ROWS.min(self.queries).next_multiple_of(LANES)
    }

    fn unit(&self, pair: usize, block: usize) -> Unit {
        let first = block * ROWS;
        let rows = ROWS.min(self.queries - first);
        Unit { b: pair / self.heads, n: pair % self.heads, first, rows, columns: rows.next_multiple_of(LANES) }
    }

    /// Where the first of the unit's rows of a tensor (batch, `length`, heads, `width`) begins, `from` rows down.
    fn at(&self, unit: &Unit, length: usize, from: usize, width: usize) -> usize {
        ((unit.b * length + from) * self.heads + unit.n) * width
    }

    /// The rows of the unit's queries in a tensor (batch, queries, heads, `width`).
    fn of_queries<'a, T>(&self, unit: &Unit, x: &'a [T], width: usize) -> Rows<'a, T> {
        let x = &x[self.at(unit, self.queries, unit.first, width)..];
        Rows { x, step: self.heads * width, count: unit.rows, width }
    }

    /// All rows of the unit's head in a tensor (batch, keys, heads, `width`).
    fn of_keys<'a, T>(&self, unit: &Unit, x: &'a [T], width: usize) -> Rows<'a, T> {
        Rows { x: &x[self.at(unit, self.keys, 0, width)..], step: self.heads * width, count: self.keys, width }
    }

    /// The exponentials of the scores of a unit into `p` (keys, columns), from its queries and keys, and 1 / their sums.
    fn weights<T: Number>(
        &self,
        unit: &Unit,
        [q, k]: [Rows<'_, T>; 2],
        bias: &[T],
        turned: &mut [T],
        p: &mut [T],
        shares: &mut [T],
    ) {
        let (n, columns) = (self.keys, unit.columns);
        q.turned(columns, T::from_f64(self.scale), turned);
        // SAFETY: p has a row of columns for each key, and so have the turned queries for each element.
        unsafe {
            let (k, turned) = ((k.x.as_ptr(), [k.step, 1]), (turned.as_ptr(), columns));
            product([n, columns, self.depth], k, turned, (p.as_mut_ptr(), columns), false);
        }
        if let Some([b, h, t, s]) = self.bias {
            let x = &bias[unit.b * b + unit.n * h + unit.first * t..];
            add_bias(p, columns, Rows { x, step: t, count: unit.rows, width: n }, s);
        }
        soften(p, shares);
    }

    /// The buffers of queries, keys, values and the bias (the input with number `bias`).
    ///
    /// # Safety
    /// The plan gives buffers of these specs.
    unsafe fn inputs<'a, T>(&self, io: &'a Io<'a>, bias: usize) -> [&'a [T]; 4] {
        let pairs = self.batch * self.heads;
        let lengths =
            [pairs * self.queries * self.depth, pairs * self.keys * self.depth, pairs * self.keys * self.values];
        let of_bias = self.bias.map_or(0, |strides| {
            let lengths = [self.batch, self.heads, self.queries, self.keys];
            let last: usize = strides.iter().zip(lengths).map(|(s, n)| s * n.saturating_sub(1)).sum();
            if lengths.contains(&0) { 0 } else { last + 1 }
        });
        // SAFETY: the caller vouches for it.
        unsafe {
            let [q, k, v] = [0, 1, 2].map(|i| io.input::<T>(i, lengths[i]));
            [q, k, v, if self.bias.is_some() { io.input::<T>(bias, of_bias) } else { &[] }]
        }
    }
}

/// Elements of pieces that start at whole lines.
fn room(sizes: &[usize]) -> usize {
    sizes.iter().map(|n| n.next_multiple_of(LANES)).sum()
}

/// The pieces.
fn split<T, const N: usize>(mut all: &mut [T], sizes: [usize; N]) -> [&mut [T]; N] {
    sizes.map(|n| {
        let (piece, rest) = std::mem::take(&mut all).split_at_mut(n.next_multiple_of(LANES));
        all = rest;
        &mut piece[..n]
    })
}

#[cfg(test)]
mod tests;
