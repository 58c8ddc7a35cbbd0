//! The element of another tensor where the largest of each window is

use super::prelude::*;

/// The element of another tensor where the largest of each window is
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPoolPick {
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
}

impl MaxPoolPick {
    fn window(&self) -> Window<'_> {
        Window { who: Self::NAME, size: &self.pool_size, strides: &self.strides, rule: self.padding }
    }
}

impl Op for MaxPoolPick {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, u) = (inputs[0], inputs[1]);
        let shape = self.window().outputs(x)?;
        if x.rank() != u.rank()
            || x.shape.iter().zip(&u.shape).any(|(a, b)| matches!((a, b), (Some(a), Some(b)) if a != b))
        {
            return Err(Error::value(format!("max_pool_pick: {x} and {u} must have one shape.")));
        }
        Ok(vec![Spec { dtype: x.dtype, shape }])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x, attrs) = (cx.grad(), cx.inputs[0], def::attrs(self));
        Ok(vec![None, Some(cx.graph.op("max_pool_gradient", &attrs, &[x, g])?)])
    }
}

impl Lower for MaxPoolPick {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.window().windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool_pick::<T>(windows))))
    }
}

impl Define for MaxPoolPick {
    const NAME: &'static str = "max_pool_pick";
    const DOC: &'static str = "For each window of x, the element of u at the place of the window's first largest element: `max_pool` when u is x.";
    const INPUTS: &'static [&'static str] = &["x", "u"];
    const PARAMS: &'static [Param] = &[POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"pool_size":[2],"strides":[2],"padding":"valid"}"#).f32(&[2, 5, 3], -1.0, 1.0).f32(
                &[2, 5, 3],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3],"strides":[1],"padding":"same"}"#).f32(&[2, 5, 1], -1.0, 1.0).f32(
                &[2, 5, 1],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,3],"strides":[1,2],"padding":"same"}"#).f32(&[1, 4, 5, 2], -1.0, 1.0).f32(
                &[1, 4, 5, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,2],"strides":[3,1],"padding":"valid"}"#).f32(&[2, 5, 4, 3], -1.0, 1.0).f32(
                &[2, 5, 4, 3],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3,2],"strides":[1,1],"padding":"adaptive"}"#)
                .f32(&[1, 5, 5, 2], -1.0, 1.0)
                .f32(&[1, 5, 5, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[4],"strides":[1],"padding":"adaptive"}"#).f32(&[1, 3, 2], -1.0, 1.0).f32(
                &[1, 3, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,1,2],"strides":[1,1,2],"padding":"valid"}"#)
                .f32(&[1, 3, 2, 4, 2], -1.0, 1.0)
                .f32(&[1, 3, 2, 4, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[0, 5, 2], -1.0, 1.0).f32(
                &[0, 5, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#).f32(&[1, 3, 0], -1.0, 1.0).f32(
                &[1, 3, 0],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[1, 70, 67], -1.0, 1.0).f32(
                &[1, 70, 67],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#)
                .with(DType::F32, &[1, 6, 1], [1.0, 1.0, f64::NAN, 2.0, 2.0, 2.0])
                .f32(&[1, 6, 1], -1.0, 1.0)
                .kink()
                .not_candle(),
        ]
    }
}
