//! Rows added up at given places

use super::{check_indices, place, prelude::*};

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
        let (len, size, index) = (updates.iter().product(), self.size, inputs[0].dtype);
        let total = outputs[0].len().unwrap_or(0);
        Ok(Lowered::Kernel(match outputs[0].dtype {
            DType::F32 => kernel(len, total, row, size, index, 0f32, |a, b| a + b),
            DType::F64 => kernel(len, total, row, size, index, 0f64, |a, b| a + b),
            d => for_dtype!(int, Self::NAME, d, T => kernel(len, total, row, size, index, 0, T::wrapping_add)),
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
        let last = Tensor::new(self.size as i64, rows.device())?.broadcast_as(rows.shape())?;
        let rows = tensors::select(&inside, &rows, &last)?.to_dtype(candle_core::DType::U32)?;
        let flat = updates.reshape([&[count], &row[..]].concat())?;
        let zeros = Tensor::zeros([&[self.size + 1], &row[..]].concat(), updates.dtype(), updates.device())?;
        zeros.index_add(&rows, &flat.contiguous()?, 0)?.narrow(0, 0, self.size)?.contiguous().map(Some)
    }
}

/// Elements of the result that a task looks after, about.
const GRAIN: usize = 64 * 1024;

/// Each task has some rows of the result and goes through all indices in their order: the bits of a sum depend on it.
fn kernel<T: Copy + Send + Sync + 'static>(
    len: usize,
    total: usize,
    row: usize,
    size: usize,
    index: DType,
    zero: T,
    add: impl Fn(T, T) -> T + Copy + Send + Sync + 'static,
) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these specs.
        let (updates, out) = unsafe { (io.input::<T>(1, len), io.output::<T>(0, total)) };
        share_parts(io.pool, out, GRAIN.div_ceil(row.max(1)) * row, |at, out| {
            out.fill(zero);
            let first = at / row.max(1);
            for (i, update) in updates.chunks_exact(row.max(1)).enumerate() {
                // SAFETY: there is one index for each row of the updates.
                let Some(p) = (unsafe { place(io.address(0), index, i, size) }) else { continue };
                let Some(out) = p.checked_sub(first).and_then(|p| out.get_mut(p * row..(p + 1) * row)) else {
                    continue;
                };
                for (o, &u) in out.iter_mut().zip(update) {
                    *o = add(*o, u);
                }
            }
        });
    })
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
