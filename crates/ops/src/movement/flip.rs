//! x backwards along axes

use super::prelude::*;
use kerosene_kernels::{StridedCopy, strides};

/// x backwards along axes
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flip {
    #[serde(default, with = "def::axes")]
    axis: Option<Vec<i64>>,
}

impl Op for Flip {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        normalize_axes(Self::NAME, self.axis.as_deref(), inputs[0].rank())?;
        Ok(vec![inputs[0].clone()])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, attrs) = (cx.grad(), self.attrs());
        cx.graph.op(Self::NAME, &attrs, &[g]).map(|d| vec![Some(d)])
    }
}

impl Lower for Flip {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let x = inputs[0].dims(Self::NAME)?;
        let axes = normalize_axes(Self::NAME, self.axis.as_deref(), x.len())?;
        let to = strides(&x);
        let (mut at, mut from) = (0, to.clone());
        for &a in &axes {
            at += to[a] * (x[a] as isize - 1);
            from[a] = -to[a];
        }
        Ok(Move::whole(inputs[0].dtype, x.iter().product(), StridedCopy::new(&x, (at, &from), (0, &to))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(axes) = normalize_axes(Self::NAME, self.axis.as_deref(), x[0].rank()) else { return Ok(None) };
        let reverse = |y: Tensor, &axis: &usize| {
            let rows: Vec<Option<usize>> = (0..x[0].dim(axis)?).rev().map(Some).collect();
            if rows.is_empty() { Ok(y) } else { tensors::pick(&y, axis, &rows, 0.0) }
        };
        axes.iter().try_fold(x[0].clone(), reverse).map(Some)
    }
}

impl Define for Flip {
    const NAME: &'static str = "flip";
    const DOC: &'static str = "x with the order of its elements reversed along `axis`.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] =
        &[param("axis", "number | number[] | null", "null", "The axes to reverse; null: all of them.")];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"axis":1}"#).f32(&[2, 3, 4], -1.0, 1.0),
            Sample::new(r#"{"axis":[0,-1]}"#).f32(&[2, 3, 4], -1.0, 1.0),
            Sample::new("{}").f32(&[], -1.0, 1.0),
            Sample::new("{}").f32(&[0, 2], -1.0, 1.0),
            Sample::new("{}").with(DType::U8, &[2], [1.0, 2.0]),
        ]
    }
}
