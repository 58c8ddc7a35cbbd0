//! What `argmax` and `argmin` share.

use crate::{Define, Lower, Lowered, Param, Sample, def, def::param, for_dtype};
use crate::{lower::Candle, tensors};
use candle_core::Tensor;
use kerosene_ir::{DType, Error, Op, Result, Spec, Value, Vjp, normalize_axis};
use kerosene_kernels::Kernel;
use serde::{Deserialize, Serialize};
use std::{fmt::Debug, marker::PhantomData};

/// Which element is chosen.
pub trait Choice: Debug + Send + Sync + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The formula in words.
    const DOC: &'static str;
    /// Whether `x` is chosen over the best so far.
    fn better<T: PartialOrd>(x: &T, best: &T) -> bool;
}

/// The place of the chosen element along an axis.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Place<C: Choice> {
    #[serde(default)]
    axis: Option<i64>,
    #[serde(default)]
    keepdims: bool,
    #[serde(skip)]
    choice: PhantomData<C>,
}

impl<C: Choice> Place<C> {
    fn axis(&self, x: &Spec) -> Result<Option<usize>> {
        self.axis.map(|a| normalize_axis(C::NAME, a, x.rank())).transpose()
    }
}

impl<C: Choice> Op for Place<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, axis) = (inputs[0], self.axis(inputs[0])?);
        let gone = |i: usize| axis.is_none_or(|a| a == i);
        let dim = |i: usize| if gone(i) { self.keepdims.then_some(Some(1)) } else { Some(x.shape[i]) };
        let out = Spec::new(DType::I32, (0..x.rank()).filter_map(dim));
        if (0..x.rank()).any(|i| gone(i) && x.shape[i] == Some(0)) && !out.is_empty() {
            return Err(Error::value(format!("{}: there is nothing to choose from in {x}.", C::NAME)));
        }
        Ok(vec![out])
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None])
    }
}

impl<C: Choice> Lower for Place<C> {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let (x, axis) = (inputs[0].dims(C::NAME)?, self.axis(inputs[0])?);
        let (outer, n, inner) = match axis {
            None => (1, x.iter().product(), 1),
            Some(a) => (x[..a].iter().product::<usize>(), x[a], x[a + 1..].iter().product()),
        };
        Ok(Lowered::Kernel(for_dtype!(all, C::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, out) = unsafe { (io.input::<T>(0, outer * n * inner), io.output::<i32>(0, outer * inner)) };
            for (x, out) in x.chunks_exact((n * inner).max(1)).zip(out.chunks_exact_mut(inner.max(1))) {
                choose::<C, T>(x, out);
            }
        }))))
    }

    /// The first of the best: NaN before all, then what equals the extreme.
    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) || x[0].elem_count() == 0 {
            return Ok(None);
        }
        let (x, axis) = match self.axis(&Spec::known(DType::F32, x[0].dims())) {
            Ok(Some(axis)) => (x[0].clone(), axis),
            _ => (x[0].flatten_all()?, 0),
        };
        let up = if C::better(&1, &0) { x.clone() } else { x.neg()? };
        let best = tensors::max_along(&up, axis)?.broadcast_as(up.shape())?;
        let is_best = tensors::or(&tensors::nan(&up)?, &up.eq(&best)?)?;
        let nans = tensors::nan(&up)?;
        let any_nan = nans.max_keepdim(axis)?.broadcast_as(up.shape())?.contiguous()?;
        let chosen = tensors::select(&any_nan, &nans, &is_best)?;
        let n = x.dim(axis)?;
        let mut along = vec![1; x.rank()];
        along[axis] = n;
        let places: Vec<i64> = (0..n as i64).collect();
        let row = tensors::fixed(&places, x.device())?.reshape(along)?;
        let row = row.broadcast_as(x.shape())?.contiguous()?;
        let far = tensors::number(&row, n as f64)?;
        let first = tensors::select(&chosen, &row, &far)?.min_keepdim(axis)?;
        let shape: Vec<usize> = match (self.axis, self.keepdims) {
            (_, true) => vec![1; x.rank()],
            (None, false) => vec![],
            (Some(_), false) => x.dims().to_vec(),
        };
        let first = match (self.axis, self.keepdims) {
            (Some(_), true) => first,
            (Some(_), false) => first.squeeze(axis)?,
            (None, _) => first.reshape(shape)?,
        };
        Ok(Some(first))
    }
}

/// For each column, the row of the chosen element.
#[allow(clippy::eq_op, reason = "only NaN differs from itself")]
fn choose<C: Choice, T: PartialOrd>(x: &[T], out: &mut [i32]) {
    let columns = out.len();
    out.fill(0);
    for (i, row) in x.chunks_exact(columns).enumerate().skip(1) {
        for (j, v) in row.iter().enumerate() {
            let best = &x[out[j] as usize * columns + j];
            if C::better(v, best) || (v != v && best == best) {
                out[j] = i as i32;
            }
        }
    }
}

impl<C: Choice> Define for Place<C> {
    const NAME: &'static str = C::NAME;
    const DOC: &'static str = C::DOC;
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number | null", "null", "The axis to choose along; null: the place in the flattened tensor."),
        param("keepdims", "boolean", "false", "Keep the axis with length 1."),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":0}"#).f32(&[5, 3], -2.0, 2.0),
            Sample::new(r#"{"axis":-1,"keepdims":true}"#).f32(&[2, 3, 4], -2.0, 2.0),
            Sample::new(r#"{"axis":-1}"#).with(DType::F32, &[2, 3], [1.0, 3.0, 3.0, -1.0, -1.0, -1.0]).kink(),
            Sample::new(r#"{"axis":0}"#).with(DType::F32, &[3], [1.0, f64::NAN, f64::INFINITY]).kink(),
            Sample::new(r#"{"axis":1}"#).with(DType::I32, &[2, 2], [1.0, -2.0, -4.0, 3.0]),
            Sample::new(r#"{"axis":1}"#).f32(&[0, 3], 0.0, 1.0),
            Sample::new("{}").f32(&[], 0.0, 1.0),
        ]
    }
}
