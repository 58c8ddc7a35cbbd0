//! The rows of x at given places

use super::{check_indices, place, prelude::*};
use crate::for_size;

/// The rows of x at given places
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gather {
    #[serde(default)]
    axis: i64,
}

impl Op for Gather {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, indices) = (inputs[0], inputs[1]);
        check_indices(Self::NAME, indices)?;
        let axis = normalize_axis(Self::NAME, self.axis, x.rank())?;
        let mut shape: Shape = x.shape[..axis].into();
        shape.extend(indices.shape.iter().chain(&x.shape[axis + 1..]).copied());
        Ok(vec![Spec { dtype: x.dtype, shape }])
    }

    /// The gradients of the rows, added up at their places: the gathered axes are moved to the front, where `scatter_add` is.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, indices) = (cx.grad(), cx.inputs[1]);
        let (rank, places) = (cx.input(0).rank(), cx.input(1).rank());
        let axis = normalize_axis(Self::NAME, self.axis, rank)?;
        let Some(size) = cx.input(0).shape[axis] else {
            return Err(Error::unsupported("gather: the gradient needs the length of the axis."));
        };
        let front: Vec<usize> = (axis..axis + places).chain(0..axis).chain(axis + places..rank - 1 + places).collect();
        let updates = cx.graph.transpose(g, &front)?;
        let d = cx.graph.op("scatter_add", &serde_json::json!({ "size": size }).to_string(), &[indices, updates])?;
        let back: Vec<usize> = (1..=axis).chain([0]).chain(axis + 1..rank).collect();
        Ok(vec![Some(cx.graph.transpose(d, &back)?), None])
    }
}

/// What stands where an index is outside: NaN among floats, 0 among the rest.
fn nothing(dtype: DType) -> Result<Vec<u8>> {
    let value = if dtype.is_float() { f64::NAN } else { 0.0 };
    Ok(kerosene_ir::Literal::scalar(dtype, value)?.bytes().to_vec())
}

/// Elements that a task picks, about.
const GRAIN: usize = 16 * 1024;

impl Lower for Gather {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (x, indices) = (inputs[0].dims(Self::NAME)?, inputs[1].dims(Self::NAME)?);
        let axis = normalize_axis(Self::NAME, self.axis, x.len())?;
        let (outer, n): (usize, usize) = (x[..axis].iter().product(), x[axis]);
        let (places, row): (usize, usize) = (indices.iter().product(), x[axis + 1..].iter().product());
        let (len, total, index) = (outer * n * row, outputs[0].len().unwrap_or(0), inputs[1].dtype);
        let nothing = nothing(inputs[0].dtype)?;
        Ok(Lowered::Kernel(for_size!(inputs[0].dtype, T => {
            let nothing = T::from_ne_bytes(nothing.try_into().expect("one element"));
            Kernel::new(move |io| {
                // SAFETY: the plan gives buffers of these specs.
                let (x, out) = unsafe { (io.input::<T>(0, len), io.output::<T>(0, total)) };
                let per = GRAIN.div_ceil(row.max(1)) * row;
                share_parts(io.pool, out, per, |first, out| {
                    for (at, out) in out.chunks_exact_mut(row.max(1)).enumerate() {
                        let at = first / row.max(1) + at;
                        let (o, i) = (at / places, at % places);
                        // SAFETY: there are `places` indices.
                        match unsafe { place(io.address(1), index, i, n) } {
                            Some(p) => out.copy_from_slice(&x[(o * n + p) * row..][..row]),
                            None => out.fill(nothing),
                        }
                    }
                });
            })
        })))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(axis) = normalize_axis(Self::NAME, self.axis, x[0].rank()) else { return Ok(None) };
        let (n, dims) = (x[0].dim(axis)?, x[0].dims());
        let shape = [&dims[..axis], x[1].dims(), &dims[axis + 1..]].concat();
        if n == 0 || shape.contains(&0) {
            return Ok(None);
        }
        let (rows, inside) = tensors::places(&x[1].flatten_all()?, n)?;
        let picked = x[0].contiguous()?.index_select(&rows.to_dtype(candle_core::DType::U32)?, axis)?;
        let mut along = vec![1; dims.len()];
        along[axis] = inside.elem_count();
        let inside = inside.reshape(along)?.broadcast_as(picked.shape())?;
        let nothing = if x[0].dtype().is_float() { f64::NAN } else { 0.0 };
        tensors::select(&inside, &picked, &tensors::number(&picked, nothing)?)?.reshape(shape).map(Some)
    }
}

impl Define for Gather {
    const NAME: &'static str = "gather";
    const DOC: &'static str = "The slices of x at `indices` along `axis`; the axis is replaced by the axes of `indices`. Negative \
        indices count from the end; an index outside gives NaN (0 among integers), and no gradient.";
    const INPUTS: &'static [&'static str] = &["x", "indices"];
    const PARAMS: &'static [Param] = &[param("axis", "number", "0", "The axis of x to pick along.")];

    fn samples() -> Vec<Sample> {
        let inside = [1.0, 0.0, 1.0];
        vec![
            Sample::new("{}").f32(&[3, 2], -1.0, 1.0).with(DType::I32, &[3], inside),
            Sample::new(r#"{"axis":1}"#).f32(&[2, 3, 2], -1.0, 1.0).with(DType::I64, &[3, 1], inside),
            Sample::new(r#"{"axis":-1}"#).f32(&[2, 3], -1.0, 1.0).with(DType::U8, &[], [2.0]),
            Sample::new("{}").f32(&[3, 2], -1.0, 1.0).with(DType::I32, &[3], [-1.0, 1.0, -3.0]),
            Sample::new("{}").f32(&[3], -1.0, 1.0).with(DType::I32, &[3], [3.0, -4.0, 0.0]).kink(),
            Sample::new("{}").with(DType::I32, &[2], [5.0, 6.0]).with(DType::I32, &[2], [7.0, 1.0]),
            Sample::new("{}").f32(&[3, 2], -1.0, 1.0).with(DType::I32, &[0], []),
            Sample::new("{}").f32(&[0, 2], -1.0, 1.0).with(DType::I32, &[1], [0.0]).kink(),
        ]
    }
}
