//! Tensors one after the other along an axis

use super::prelude::*;
use kerosene_kernels::{StridedCopy, strides};

/// Tensors one after the other along an axis
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concatenate {
    #[serde(default = "last")]
    axis: i64,
}

fn last() -> i64 {
    -1
}

impl Concatenate {
    fn axis(&self, inputs: &[&Spec]) -> Result<usize> {
        let Some(first) = inputs.first() else {
            return Err(Error::value("concatenate: at least one tensor is needed, but none came."));
        };
        normalize_axis(Self::NAME, self.axis, first.rank())
    }
}

impl Op for Concatenate {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let axis = self.axis(inputs)?;
        let mut out = inputs[0].clone();
        for x in &inputs[1..] {
            let fits = x.dtype == out.dtype && x.rank() == out.rank();
            let fits = fits
                && x.shape
                    .iter()
                    .zip(&out.shape)
                    .enumerate()
                    .all(|(i, (&a, &b))| i == axis || a.is_none() || b.is_none() || a == b);
            if !fits {
                let all: Vec<_> = inputs.iter().map(|s| s.to_string()).collect();
                let axis = self.axis;
                return Err(Error::value(format!(
                    "concatenate: {} may differ only along axis {axis}.",
                    all.join(", ")
                )));
            }
            for (i, (o, &d)) in out.shape.iter_mut().zip(&x.shape).enumerate() {
                *o = match (i == axis, *o, d) {
                    (true, Some(a), Some(b)) => {
                        Some(a.checked_add(b).ok_or_else(|| Error::value("concatenate: the result is too large."))?)
                    }
                    (true, ..) => None,
                    (false, a, b) => a.or(b),
                };
            }
        }
        Ok(vec![out])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, rank) = (cx.grad(), cx.input(0).rank());
        let axis = normalize_axis(Self::NAME, self.axis, rank)?;
        let mut at = 0;
        (0..cx.inputs.len())
            .map(|i| {
                let shape = cx.input(i).shape.clone();
                let Some(n) = shape[axis] else {
                    return Err(Error::unsupported("concatenate: the gradient needs known lengths along the axis."));
                };
                let mut start = vec![0; rank];
                start[axis] = at;
                at += n;
                if !cx.needs[i] {
                    return Ok(None);
                }
                let size: Vec<Dim> = (0..rank).map(|k| if k == axis { Some(n) } else { None }).collect();
                let attrs = serde_json::json!({ "start": start, "size": size }).to_string();
                cx.graph.op("slice", &attrs, &[g]).map(Some)
            })
            .collect()
    }
}

impl Lower for Concatenate {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let axis = self.axis(inputs)?;
        let out = outputs[0].dims(Self::NAME)?;
        let to = strides(&out);
        let (mut at, mut parts) = (0, vec![]);
        for (i, x) in inputs.iter().enumerate() {
            let shape = x.dims(Self::NAME)?;
            parts.push((i, StridedCopy::new(&shape, (0, &strides(&shape)), (at * to[axis], &to))));
            at += shape[axis] as isize;
        }
        Ok(Move { dtype: outputs[0].dtype, len: out.iter().product(), fill: None, parts }.kernel())
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(axis) = normalize_axis(Self::NAME, self.axis, x[0].rank()) else { return Ok(None) };
        Tensor::cat(x, axis).map(Some)
    }
}

impl Define for Concatenate {
    const NAME: &'static str = "concatenate";
    const DOC: &'static str = "The tensors one after the other along `axis`; their other axes are equal.";
    const INPUTS: &'static [&'static str] = &["...xs"];
    const PARAMS: &'static [Param] =
        &[param("axis", "number", "-1", "The axis to join along; a negative one counts from the end.")];
    const PROMOTE: Promote = Promote::Common(0);

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[2, 3], -1.0, 1.0).f32(&[2, 2], -1.0, 1.0),
            Sample::new(r#"{"axis":0}"#).f32(&[2, 3], -1.0, 1.0).f32(&[1, 3], -1.0, 1.0).f32(&[0, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":1}"#).f32(&[2, 1, 3], -1.0, 1.0).f32(&[2, 2, 3], -1.0, 1.0),
            Sample::new("{}").f32(&[4], -1.0, 1.0),
            Sample::new("{}").with(DType::U8, &[2], [1.0, 2.0]).with(DType::U8, &[1], [3.0]),
        ]
    }
}
