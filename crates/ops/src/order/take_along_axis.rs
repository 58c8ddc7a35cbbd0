//! Elements of x at places along an axis, each row with places of its own

use super::prelude::*;
use crate::{for_size, index::place};

/// Elements of x at places along an axis, each row with places of its own
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeAlongAxis {
    #[serde(default = "last")]
    axis: i64,
    #[serde(default)]
    zero: bool,
}

fn last() -> i64 {
    -1
}

/// The common shape of two tensors that may differ along an axis: the first with the second's length there.
pub fn meet(who: &str, x: &Spec, indices: &Spec, axis: i64) -> Result<(usize, Spec)> {
    crate::index::check_indices(who, indices)?;
    let at = normalize_axis(who, axis, x.rank())?;
    let differs = |i: usize| i != at && matches!((x.shape[i], indices.shape[i]), (Some(a), Some(b)) if a != b);
    if x.rank() != indices.rank() || (0..x.rank()).any(differs) {
        return Err(Error::value(format!("{who}: {indices} must have the shape of {x} but for axis {at}.")));
    }
    let dim = |i: usize| if i == at { indices.shape[i] } else { x.shape[i].or(indices.shape[i]) };
    Ok((at, Spec::new(x.dtype, (0..x.rank()).map(dim))))
}

impl Op for TakeAlongAxis {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        meet(Self::NAME, inputs[0], inputs[1], self.axis).map(|(_, out)| vec![out])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, indices) = (cx.grad(), cx.inputs[1]);
        let axis = normalize_axis(Self::NAME, self.axis, cx.input(0).rank())?;
        let Some(size) = cx.input(0).shape[axis] else {
            return Err(Error::unsupported("take_along_axis: the gradient needs the length of the axis."));
        };
        let attrs = serde_json::json!({ "axis": axis, "size": size }).to_string();
        Ok(vec![Some(cx.graph.op("put_along_axis", &attrs, &[indices, g])?), None])
    }
}

impl Lower for TakeAlongAxis {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (from, to) =
            (Along::new(Self::NAME, inputs[0], self.axis)?, Along::new(Self::NAME, outputs[0], self.axis)?);
        let index = inputs[1].dtype;
        let missing = if inputs[0].dtype.is_float() && !self.zero { f64::NAN } else { 0.0 };
        let missing = kerosene_ir::Literal::scalar(inputs[0].dtype, missing)?.bytes().to_vec();
        Ok(Lowered::Kernel(for_size!(inputs[0].dtype, T => {
            let missing = T::from_ne_bytes(missing.try_into().expect("one element"));
            Kernel::new(move |io| {
                // SAFETY: the plan gives buffers of these specs.
                let (x, out) = unsafe { (io.input::<T>(0, from.len()), io.output::<T>(0, to.len())) };
                let stride = to.inner;
                for (start, first) in to.starts().zip(from.starts()) {
                    for i in 0..to.n {
                        let at = start + i * stride;
                        // SAFETY: there is an index for each element of the result.
                        let p = unsafe { place(io.inputs[1], index, at, from.n) };
                        out[at] = p.map_or(missing, |p| x[first + p * stride]);
                    }
                }
            })
        })))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(axis) = normalize_axis(Self::NAME, self.axis, x[0].rank()) else { return Ok(None) };
        if x[1].elem_count() == 0 || x[0].elem_count() == 0 {
            return Ok(None);
        }
        let (places, inside) = tensors::places(&x[1].contiguous()?, x[0].dim(axis)?)?;
        let found = x[0].contiguous()?.gather(&places.to_dtype(candle_core::DType::U32)?, axis)?;
        let nothing = if self.zero || !tensors::floats(&x[..1]) { 0.0 } else { f64::NAN };
        tensors::select(&inside, &found, &tensors::number(&found, nothing)?).map(Some)
    }
}

impl Define for TakeAlongAxis {
    const NAME: &'static str = "take_along_axis";
    const DOC: &'static str = "The elements of x at `indices` along `axis`: both have one shape but for that axis. Negative indices count \
        from the end; an index outside gives NaN (0 among integers), or 0 when `zero`, and no gradient.";
    const INPUTS: &'static [&'static str] = &["x", "indices"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number", "-1", "The axis to pick along."),
        param("zero", "boolean", "false", "Whether an index outside gives 0."),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[2, 3], -1.0, 1.0).with(
                DType::I32,
                &[2, 4],
                [0.0, 2.0, 1.0, 2.0, 1.0, 1.0, 0.0, 0.0],
            ),
            Sample::new(r#"{"axis":0}"#).f32(&[3, 2, 2], -1.0, 1.0).with(DType::I64, &[1, 2, 2], [2.0, 0.0, 1.0, 1.0]),
            Sample::new(r#"{"zero":true}"#).f32(&[3], -1.0, 1.0).with(DType::I32, &[3], [-1.0, 3.0, -4.0]),
            Sample::new("{}").f32(&[2], -1.0, 1.0).with(DType::I32, &[2], [5.0, -1.0]).kink(),
            Sample::new(r#"{"axis":0}"#).with(DType::U8, &[2, 1], [1.0, 2.0]).with(DType::U8, &[2, 1], [1.0, 0.0]),
            Sample::new("{}").f32(&[2, 0], -1.0, 1.0).with(DType::I32, &[2, 0], []),
        ]
    }
}
