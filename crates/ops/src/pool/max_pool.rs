//! The largest element of each window

use super::prelude::*;

/// The largest element of each window
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPool {
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
}

impl MaxPool {
    fn window(&self) -> Window<'_> {
        Window { who: Self::NAME, size: &self.pool_size, strides: &self.strides, rule: self.padding }
    }
}

impl Op for MaxPool {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        Ok(vec![Spec { dtype: inputs[0].dtype, shape: self.window().outputs(inputs[0])? }])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x, attrs) = (cx.grad(), cx.inputs[0], def::attrs(self));
        Ok(vec![Some(cx.graph.op("max_pool_gradient", &attrs, &[x, g])?)])
    }
}

impl Lower for MaxPool {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.window().windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool::<T>(windows))))
    }

    #[cfg(feature = "candle")]
    fn candle(&self, x: &[candle_core::Tensor]) -> Candle {
        if self.padding != Rule::Valid || x[0].rank() != 4 || x[0].elem_count() == 0 {
            return Ok(None);
        }
        let (size, strides) = ((self.pool_size[0], self.pool_size[1]), (self.strides[0], self.strides[1]));
        let first = x[0].permute((0, 3, 1, 2))?.contiguous()?;
        first.max_pool2d_with_stride(size, strides)?.permute((0, 2, 3, 1))?.contiguous().map(Some)
    }
}

impl Define for MaxPool {
    const NAME: &'static str = "max_pool";
    const DOC: &'static str = "The largest element of each window of x (batch, …, channels), in one to three spatial dimensions. NaN is larger \
        than all; the gradient goes to the first of equal elements.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"pool_size":[2],"strides":[2],"padding":"valid"}"#).f32(&[2, 5, 3], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[3],"strides":[1],"padding":"same"}"#).f32(&[2, 5, 1], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[2,3],"strides":[1,2],"padding":"same"}"#).f32(&[1, 4, 5, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[2,2],"strides":[3,1],"padding":"valid"}"#).f32(&[2, 5, 4, 3], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[3,2],"strides":[1,1],"padding":"adaptive"}"#).f32(&[1, 5, 5, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[4],"strides":[1],"padding":"adaptive"}"#).f32(&[1, 3, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[2,1,2],"strides":[1,1,2],"padding":"valid"}"#).f32(
                &[1, 3, 2, 4, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[0, 5, 2], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#).f32(&[1, 3, 0], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[1, 70, 67], -1.0, 1.0),
            Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#)
                .with(DType::F32, &[1, 6, 1], [1.0, 1.0, f64::NAN, 2.0, 2.0, 2.0])
                .kink()
                .not_candle(),
            Sample::new(r#"{"pool_size":[2],"strides":[2],"padding":"valid"}"#).with(
                DType::I32,
                &[1, 4, 1],
                [1.0, 2.0, 3.0, 5.0],
            ),
        ]
    }
}
