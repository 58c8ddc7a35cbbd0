//! A choice between x and y

use super::prelude::*;

/// A choice between x and y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Where {}

impl Formula for Where {
    const NAME: &'static str = "where";
    const DOC: &'static str = "x1 where `condition` is true (anything but 0), elsewhere x2; all three broadcast.";
    const INPUTS: &'static [&'static str] = &["condition", "x1", "x2"];
    const PROMOTE: Promote = Promote::Common(1);

    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        rule::same(Self::NAME, &inputs[1..])
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(all, Self::NAME, inputs[0], C => for_dtype!(all, Self::NAME, inputs[1], T => {
            ternary(|c: C, x: T, y: T| if c != C::default() { x } else { y })
        })))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a ? b : c".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, condition) = (cx.grad(), cx.inputs[0]);
        let zero = cx.graph.number(0.0, g)?;
        match i {
            0 => Ok(None),
            1 => cx.graph.select(condition, g, zero).map(Some),
            _ => cx.graph.select(condition, zero, g).map(Some),
        }
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").with(DType::Bool, &[3], [1.0, 0.0, 1.0]).f32(&[3], -1.0, 1.0).f32(&[3], -1.0, 1.0),
            Sample::new("").with(DType::Bool, &[2, 1], [1.0, 0.0]).f32(&[3], -1.0, 1.0).f32(&[], -1.0, 1.0),
            Sample::new("").with(DType::F32, &[2], [0.0, f64::NAN]).f32(&[3, 1], -1.0, 1.0).f32(&[], -1.0, 1.0).kink(),
            Sample::new("").with(DType::Bool, &[], [1.0]).f32(&[0, 3], -1.0, 1.0).f32(&[3], -1.0, 1.0),
            Sample::new("").with(DType::I32, &[2], [0.0, 7.0]).with(DType::U8, &[2], [1.0, 2.0]).with(
                DType::U8,
                &[1],
                [9.0],
            ),
            Sample::new("")
                .with(DType::Bool, &[2], [1.0, 0.0])
                .with(DType::F32, &[2], [1.0, f64::NAN])
                .with(DType::F32, &[2], [f64::INFINITY, 2.0])
                .kink(),
        ]
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let [c, a, b] = tensors::common([&x[0], &x[1], &x[2]])?;
        c.ne(&c.zeros_like()?)?.where_cond(&a, &b).map(Some)
    }
}
