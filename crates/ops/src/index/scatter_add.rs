//! Rows added up at given places

use super::{check_indices, place, prelude::*};
use crate::movement::turned_from;
use std::ops::Range;

/// Rows added up at given places
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScatterAdd {
    size: usize,
}

impl Op for ScatterAdd {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (indices, updates) = (inputs[0], inputs[1]);
        check_indices(Self::NAME, indices)?;
        let n = indices.rank();
        let fits = updates.rank() >= n
            && indices.shape.iter().zip(&updates.shape).all(|(a, b)| a.is_none() || b.is_none() || a == b);
        if !fits {
            return Err(Error::value(format!(
                "scatter_add: updates {updates} do not begin with the axes of {indices}."
            )));
        }
        let shape = [Some(self.size)].into_iter().chain(updates.shape[n..].iter().copied());
        Ok(vec![Spec::new(updates.dtype, shape)])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    /// Turned updates stay where they are: their indices are turned instead.
    fn instead(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let (x, order) = turned_from(graph, inputs[1])?;
        let (axes, rest) = order.split_at_checked(graph.spec(inputs[0]).rank())?;
        if !rest.iter().enumerate().all(|(i, &a)| a == axes.len() + i) {
            return None;
        }
        let mut back = axes.to_vec();
        axes.iter().enumerate().for_each(|(i, &a)| back[a] = i);
        let turned = graph.transpose(inputs[0], &back);
        Some(turned.and_then(|indices| crate::push(graph, Self::NAME, &self.attrs(), &[indices, x])))
    }

    /// The gradient at the place each row went to; 0 for a row that went nowhere.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, indices) = (cx.grad(), cx.inputs[0]);
        let rows = cx.graph.apply("gather", &[g, indices])?;
        let wide = cx.graph.cast(indices, DType::F64)?;
        let (low, high) = (cx.graph.number(-(self.size as f64), wide)?, cx.graph.number(self.size as f64, wide)?);
        let (above, below) = (cx.graph.apply("greater_equal", &[wide, low])?, cx.graph.apply("less", &[wide, high])?);
        let inside = cx.graph.apply("logical_and", &[above, below])?;
        let mut shape = cx.graph.spec(inside).shape.clone();
        shape.resize(cx.graph.spec(rows).rank(), Some(1));
        let inside = cx.graph.reshape(inside, &shape)?;
        let zero = cx.graph.number(0.0, rows)?;
        Ok(vec![None, Some(cx.graph.select(inside, rows, zero)?)])
    }
}

impl Lower for ScatterAdd {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (indices, updates) = (inputs[0].dims(Self::NAME)?, inputs[1].dims(Self::NAME)?);
        let row: usize = updates[indices.len()..].iter().product();
        let (count, size, index): (usize, _, _) = (indices.iter().product(), self.size, inputs[0].dtype);
        if count.max(size) >= NOWHERE as usize {
            return Err(Error::unsupported("scatter_add: there are more rows or updates than it can count."));
        }
        let sizes = [count, row, size];
        Ok(Lowered::Kernel(match outputs[0].dtype {
            DType::F32 => kernel(sizes, index, 0f32, |a, b| a + b),
            DType::F64 => kernel(sizes, index, 0f64, |a, b| a + b),
            d => for_dtype!(int, Self::NAME, d, T => kernel(sizes, index, 0, T::wrapping_add)),
        }))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let (indices, updates) = (&x[0], &x[1]);
        let row = updates.dims()[indices.rank()..].to_vec();
        if !updates.dtype().is_float() || updates.elem_count() == 0 || self.size == 0 {
            return Ok(None);
        }
        let count = indices.elem_count();
        let (rows, inside) = tensors::places(&indices.flatten_all()?, self.size)?;
        // What is outside goes to a row of its own, which is left out.
        let last = tensors::number(&rows, self.size as f64)?;
        let rows = tensors::select(&inside, &rows, &last)?.to_dtype(candle_core::DType::U32)?;
        let flat = updates.reshape([&[count], &row[..]].concat())?;
        let zeros = Tensor::zeros([&[self.size + 1], &row[..]].concat(), updates.dtype(), updates.device())?;
        zeros.index_add(&rows, &flat.contiguous()?, 0)?.narrow(0, 0, self.size)?.contiguous().map(Some)
    }
}

/// Elements of the result that a task looks after, about.
const GRAIN: usize = 64 * 1024;
/// Elements that are finished at a time, about: a part of the first cache.
const WINDOW: usize = 4 * 1024;
/// Bytes of an update that are asked for before it is read: the processor notices itself that the rest follows.
const MOST: usize = 1024;
/// The row of an index that is outside.
const NOWHERE: u32 = u32::MAX;

/// What goes where, sorted by windows of some rows each.
struct Windows<'a> {
    /// The row of each update.
    rows: &'a [u32],
    /// The updates by window, and in each in their order: the bits of a sum depend on it.
    order: &'a [u32],
    /// Where the updates of a window end.
    ends: &'a [u32],
}

impl<'a> Windows<'a> {
    /// Sorts `rows` into windows of 2^`per`; the memory has room for so many windows and twice the rows.
    fn sort(memory: &'a mut [u32], windows: usize, per: u32, row: impl Fn(usize) -> Option<usize>) -> Self {
        let (ends, rest) = memory.split_at_mut(windows);
        let (rows, order) = rest.split_at_mut(rest.len() / 2);
        ends.fill(0);
        for (i, to) in rows.iter_mut().enumerate() {
            *to = row(i).map_or(NOWHERE, |p| p as u32);
            if *to != NOWHERE {
                ends[(*to >> per) as usize] += 1;
            }
        }
        let mut before = 0;
        for end in ends.iter_mut() {
            before += std::mem::replace(end, before);
        }
        for (i, &row) in rows.iter().enumerate().filter(|(_, row)| **row != NOWHERE) {
            let end = &mut ends[(row >> per) as usize];
            order[*end as usize] = i as u32;
            *end += 1;
        }
        Self { rows, order, ends }
    }

    /// The places of a window's updates in the order.
    fn updates(&self, window: usize) -> Range<usize> {
        let first = if window == 0 { 0 } else { self.ends[window - 1] };
        first as usize..self.ends[window] as usize
    }
}

/// Window by window zeros, what is added to them, and what follows on them. Where only that reads the sums they are not written.
fn kernel<T: Copy + Send + Sync + 'static>(
    [count, row, size]: [usize; 3],
    index: DType,
    zero: T,
    add: impl Fn(T, T) -> T + Copy + Send + Sync + 'static,
) -> Kernel {
    if size * row == 0 {
        return Kernel::new(|_| {});
    }
    let shift = (WINDOW / row).clamp(1, size).ilog2();
    let per = 1usize << shift;
    let (windows, soon) = (size.div_ceil(per), ahead(row * size_of::<T>()));
    let (some, room) = (GRAIN.div_ceil(per * row), windows + 2 * count);
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these specs, and the scratch asked for.
        let (updates, out, memory) =
            unsafe { (io.input::<T>(1, count * row), io.output::<T>(0, size * row), io.scratch::<u32>(room)) };
        // SAFETY: there is one index for each row of the updates.
        let sorted = &Windows::sort(memory, windows, shift, |i| unsafe { place(io.address(0), index, i, size) });
        let passing = io.passing.filter(|_| per * row <= WINDOW);
        share_parts(io.pool, out, some * per * row, |start, out| {
            let mut aside = [zero; WINDOW];
            for (i, out) in out.chunks_mut(per * row).enumerate() {
                let (at, window) = (start + i * per * row, start / (per * row) + i);
                let out = if passing.is_some() { &mut aside[..out.len()] } else { out };
                out.fill(zero);
                simd(
                    #[inline(always)]
                    || {
                        for at in sorted.updates(window) {
                            if let (true, Some(&next)) = (soon > 0, sorted.order.get(at + soon)) {
                                let next = updates.as_ptr().wrapping_add(next as usize * row);
                                prefetch(next.cast(), MOST.min(row * size_of::<T>()));
                            }
                            let i = sorted.order[at] as usize;
                            let to = (sorted.rows[i] as usize - window * per) * row;
                            for (o, &u) in out[to..to + row].iter_mut().zip(&updates[i * row..]) {
                                *o = add(*o, u);
                            }
                        }
                    },
                );
                match passing {
                    Some(then) => then(at..at + out.len(), out.as_ptr().cast()),
                    None => io.finished(at..at + out.len()),
                }
            }
        });
    });
    kernel.with_scratch(room * size_of::<u32>())
}

impl Define for ScatterAdd {
    const NAME: &'static str = "scatter_add";
    const DOC: &'static str = "Zeros of `size` rows, to which each row of `updates` is added at its index. `updates` begins with \
        the axes of `indices`. Negative indices count from the end; a row whose index is outside goes nowhere.";
    const INPUTS: &'static [&'static str] = &["indices", "updates"];
    const PARAMS: &'static [Param] = &[param("size", "number", "", "The number of rows of the result.")];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"size":3}"#).with(DType::I32, &[3], [1.0, 0.0, 1.0]).f32(&[3, 2], -1.0, 1.0),
            Sample::new(r#"{"size":4}"#).with(DType::I64, &[2, 2], [1.0, -1.0, 1.0, 3.0]).f32(&[2, 2], -1.0, 1.0),
            Sample::new(r#"{"size":2}"#).with(DType::I32, &[3], [2.0, 0.0, -3.0]).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"size":2}"#).with(DType::I32, &[0], []).f32(&[0, 3], -1.0, 1.0),
            Sample::new(r#"{"size":2}"#).with(DType::U8, &[2], [1.0, 1.0]).with(DType::I32, &[2], [4.0, 5.0]),
        ]
    }
}
