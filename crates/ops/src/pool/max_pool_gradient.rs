//! What the input of a largest element of windows gets

use super::prelude::*;

/// What the input of a largest element of windows gets
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPoolGradient {
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
}

impl MaxPoolGradient {
    fn window(&self) -> Window<'_> {
        Window { who: Self::NAME, size: &self.pool_size, strides: &self.strides, rule: self.padding }
    }
}

impl Op for MaxPoolGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        self.window().meets(inputs[0], inputs[1])?;
        Ok(vec![inputs[0].clone()])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (u, x, attrs) = (cx.grad(), cx.inputs[0], def::attrs(self));
        Ok(vec![None, Some(cx.graph.op("max_pool_pick", &attrs, &[x, u])?)])
    }
}

impl Lower for MaxPoolGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.window().windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(
            for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool_gradient::<T>(windows)),
        ))
    }
}

impl Define for MaxPoolGradient {
    const NAME: &'static str = "max_pool_gradient";
    const DOC: &'static str = "The gradient of x under `max_pool`, from that of its output: each element of g at the place of its window's first \
        largest element, added up where windows overlap.";
    const INPUTS: &'static [&'static str] = &["x", "g"];
    const PARAMS: &'static [Param] = &[POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"pool_size":[2],"strides":[2],"padding":"valid"}"#).f32(&[2, 5, 3], -1.0, 1.0).f32(
                &[2, 2, 3],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3],"strides":[1],"padding":"same"}"#).f32(&[2, 5, 1], -1.0, 1.0).f32(
                &[2, 5, 1],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,3],"strides":[1,2],"padding":"same"}"#).f32(&[1, 4, 5, 2], -1.0, 1.0).f32(
                &[1, 4, 3, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,2],"strides":[3,1],"padding":"valid"}"#).f32(&[2, 5, 4, 3], -1.0, 1.0).f32(
                &[2, 2, 3, 3],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3,2],"strides":[1,1],"padding":"adaptive"}"#)
                .f32(&[1, 5, 5, 2], -1.0, 1.0)
                .f32(&[1, 3, 2, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[4],"strides":[1],"padding":"adaptive"}"#).f32(&[1, 3, 2], -1.0, 1.0).f32(
                &[1, 4, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2,1,2],"strides":[1,1,2],"padding":"valid"}"#)
                .f32(&[1, 3, 2, 4, 2], -1.0, 1.0)
                .f32(&[1, 2, 2, 2, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[0, 5, 2], -1.0, 1.0).f32(
                &[0, 3, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#).f32(&[1, 3, 0], -1.0, 1.0).f32(
                &[1, 2, 0],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[1, 70, 67], -1.0, 1.0).f32(
                &[1, 35, 67],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#)
                .with(DType::F32, &[1, 6, 1], [1.0, 1.0, f64::NAN, 2.0, 2.0, 2.0])
                .f32(&[1, 5, 1], -1.0, 1.0)
                .kink()
                .not_candle(),
        ]
    }
}
