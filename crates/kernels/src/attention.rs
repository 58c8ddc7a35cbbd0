//! Dot-product attention without the matrix of all scores: a block of queries at a time.
//!
//! Source: Rabe & Staats, *Self-attention does not need O(n²) memory*, 2021; Dao et al., *FlashAttention*, 2022 (the backward
//! pass computes the scores again instead of keeping them).

use crate::{
    Io, Kernel,
    conv::Number,
    gemm::single,
    shared::{Shared, share_out},
    simd,
    softmax::{largest, total},
};

/// Queries of a block.
const ROWS: usize = 64;
/// Blocks in work at once, at most: what the scratch memory is for. Fixed, so that nothing depends on the number of threads.
const SLOTS: usize = 32;

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
}

impl Attention {
    fn blocks(&self) -> usize {
        self.queries.div_ceil(ROWS)
    }

    fn unit(&self, pair: usize, block: usize) -> Unit {
        let first = block * ROWS;
        Unit { b: pair / self.heads, n: pair % self.heads, first, rows: ROWS.min(self.queries - first) }
    }

    /// Where the first of the unit's rows of a tensor (batch, `length`, heads, `width`) begins, `from` rows down.
    fn at(&self, unit: &Unit, length: usize, from: usize, width: usize) -> usize {
        ((unit.b * length + from) * self.heads + unit.n) * width
    }

    /// The softmax of the scores of a unit, into `p` (rows, keys).
    fn weights<T: Number>(&self, unit: &Unit, q: &[T], k: &[T], bias: &[T], p: &mut [T]) {
        let (n, d) = (self.keys, self.depth);
        let step = (self.heads * d) as isize;
        let (q, k) = (&q[self.at(unit, self.queries, unit.first, d)..], &k[self.at(unit, n, 0, d)..]);
        // SAFETY: the strides stay within the queries and keys of this head; p has a row of keys for each query.
        unsafe { single(unit.rows, n, d, q.as_ptr(), step, 1, k.as_ptr(), 1, step, p.as_mut_ptr(), n as isize, false) };
        let scale = T::from_f64(self.scale);
        simd(
            #[inline(always)]
            || {
                for (i, row) in p.chunks_exact_mut(n).take(unit.rows).enumerate() {
                    match self.bias {
                        None => row.iter_mut().for_each(|v| *v = *v * scale),
                        Some([b, h, t, s]) => {
                            let from = &bias[unit.b * b + unit.n * h + (unit.first + i) * t..];
                            for (j, v) in row.iter_mut().enumerate() {
                                *v = *v * scale + from[j * s];
                            }
                        }
                    }
                    let top = largest(row);
                    row.iter_mut().for_each(|v| *v = (*v - top).exp());
                    let share = T::from_f64(1.0) / total(row);
                    row.iter_mut().for_each(|v| *v = *v * share);
                }
            },
        );
    }

    /// The buffers of queries, keys, values, the bias (the input with number `bias`) and more of the queries' kind.
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

    /// softmax(q · kᵀ · scale + bias) · v, of inputs q, k, v and perhaps the bias: (batch, queries, heads, values).
    pub fn forward<T: Number>(self) -> Kernel {
        let (units, size) = (self.batch * self.heads * self.blocks(), ROWS.min(self.queries) * self.keys);
        let slots = units.min(SLOTS);
        let scratch = slots * size;
        let kernel = Kernel::new(move |io| {
            let (n, e) = (self.keys, self.values);
            let len = self.batch * self.queries * self.heads * e;
            // SAFETY: the plan gives buffers of these specs, and the scratch asked for.
            let ([q, k, v, bias], out, scratch) =
                unsafe { (self.inputs::<T>(io, 3), io.output::<T>(0, len), io.scratch::<T>(scratch)) };
            if n == 0 {
                return out.fill(T::from_f64(0.0));
            }
            let (out, scratch) = (&Shared::new(out), &Shared::new(scratch));
            share_out(io.pool, slots, slots, 1, |slot| {
                // SAFETY: the memory of this slot.
                let p = unsafe { scratch.slice(slot * size, size) };
                for u in units * slot / slots..units * (slot + 1) / slots {
                    let unit = self.unit(u / self.blocks(), u % self.blocks());
                    self.weights(&unit, q, k, bias, p);
                    let step = (self.heads * e) as isize;
                    let v = &v[self.at(&unit, n, 0, e)..];
                    let at = self.at(&unit, self.queries, unit.first, e);
                    // SAFETY: the unit's own rows of the output.
                    unsafe {
                        let out = out.start().add(at);
                        single(unit.rows, e, n, p.as_ptr(), n as isize, 1, v.as_ptr(), step, 1, out, step, false);
                    }
                }
            });
        });
        kernel.with_scratch(scratch * size_of::<T>())
    }

    /// The gradients of q, k and v from that of the result: inputs q, k, v, g and perhaps the bias.
    pub fn backward<T: Number>(self) -> Kernel {
        let (pairs, size) = (self.batch * self.heads, ROWS.min(self.queries) * self.keys);
        let slots = pairs.min(SLOTS);
        let scratch = 2 * slots * size;
        let kernel = Kernel::new(move |io| {
            let (n, d, e) = (self.keys, self.depth, self.values);
            let of_queries = pairs * self.queries;
            // SAFETY: the plan gives buffers of these specs, and the scratch asked for.
            let ([q, k, v, bias], g, scratch) =
                unsafe { (self.inputs::<T>(io, 4), io.input::<T>(3, of_queries * e), io.scratch::<T>(scratch)) };
            // SAFETY: as above.
            let outs = unsafe {
                [io.output::<T>(0, of_queries * d), io.output::<T>(1, pairs * n * d), io.output::<T>(2, pairs * n * e)]
            };
            if n == 0 || self.queries == 0 {
                return outs.into_iter().for_each(|out| out.fill(T::from_f64(0.0)));
            }
            let [dq, dk, dv] = &outs.map(Shared::new);
            let scratch = &Shared::new(scratch);
            share_out(io.pool, slots, slots, 1, |slot| {
                // SAFETY: the memory of this slot.
                let (p, s) = unsafe { scratch.slice(2 * slot * size, 2 * size) }.split_at_mut(size);
                for pair in pairs * slot / slots..pairs * (slot + 1) / slots {
                    for block in 0..self.blocks() {
                        let unit = self.unit(pair, block);
                        let (rows, add) = (unit.rows, block > 0);
                        self.weights(&unit, q, k, bias, p);
                        let (step_d, step_e) = ((self.heads * d) as isize, (self.heads * e) as isize);
                        let at = |length: usize, from: usize, width: usize| self.at(&unit, length, from, width);
                        let q = q[at(self.queries, unit.first, d)..].as_ptr();
                        let g = g[at(self.queries, unit.first, e)..].as_ptr();
                        let (k, v) = (k[at(n, 0, d)..].as_ptr(), v[at(n, 0, e)..].as_ptr());
                        let row = n as isize;
                        // SAFETY: the rows of this head in every tensor; no other slot writes to those of the gradients.
                        unsafe {
                            single(rows, n, e, g, step_e, 1, v, 1, step_e, s.as_mut_ptr(), row, false);
                            self.slopes(rows, p, s);
                            let dv = dv.start().add(at(n, 0, e));
                            single(n, e, rows, p.as_ptr(), 1, row, g, step_e, 1, dv, step_e, add);
                            let dq = dq.start().add(at(self.queries, unit.first, d));
                            single(rows, d, n, s.as_ptr(), row, 1, k, step_d, 1, dq, step_d, false);
                            let dk = dk.start().add(at(n, 0, d));
                            single(n, d, rows, s.as_ptr(), 1, row, q, step_d, 1, dk, step_d, add);
                        }
                    }
                }
            });
        });
        kernel.with_scratch(scratch * size_of::<T>())
    }

    /// Of the gradients `s` of the weights `p`, those of the products of queries and keys: p · (s − Σ s·p) · scale.
    fn slopes<T: Number>(&self, rows: usize, p: &[T], s: &mut [T]) {
        let (n, scale) = (self.keys, T::from_f64(self.scale));
        simd(
            #[inline(always)]
            || {
                for (p, s) in p.chunks_exact(n).zip(s.chunks_exact_mut(n)).take(rows) {
                    let mean = crate::standardize::total_of(p, s, |p, s| p * s);
                    s.iter_mut().zip(p).for_each(|(s, &p)| *s = p * (*s - mean) * scale);
                }
            },
        );
    }
}
