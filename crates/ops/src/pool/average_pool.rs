//! The average of each window

use super::prelude::*;

/// The average of each window
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AveragePool {
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
}

impl AveragePool {
    fn window(&self) -> Window<'_> {
        Window { who: Self::NAME, size: &self.pool_size, strides: &self.strides, rule: self.padding }
    }
}

/// The spatial lengths, when they are known.
fn spatial(x: &Spec) -> Option<Vec<usize>> {
    x.shape[1..x.rank() - 1].iter().copied().collect()
}

impl Op for AveragePool {
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
        let (g, size) = (cx.grad(), spatial(cx.input(0)));
        let mut attrs =
            serde_json::json!({ "pool_size": self.pool_size, "strides": self.strides, "padding": self.padding });
        let Some(size) = size else {
            return Err(Error::unsupported("average_pool: the gradient needs the lengths of the spatial axes."));
        };
        attrs["size"] = serde_json::json!(size);
        Ok(vec![Some(cx.graph.op("average_pool_gradient", &attrs.to_string(), &[g])?)])
    }
}

impl Lower for AveragePool {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.window().windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::average_pool::<T>(windows))))
    }

    #[cfg(feature = "candle")]
    fn candle(&self, x: &[candle_core::Tensor]) -> Candle {
        if self.padding != Rule::Valid || x[0].rank() != 4 || x[0].elem_count() == 0 {
            return Ok(None);
        }
        let (size, strides) = ((self.pool_size[0], self.pool_size[1]), (self.strides[0], self.strides[1]));
        let first = x[0].permute((0, 3, 1, 2))?.contiguous()?;
        first.avg_pool2d_with_stride(size, strides)?.permute((0, 2, 3, 1))?.contiguous().map(Some)
    }
}

impl Define for AveragePool {
    const NAME: &'static str = "average_pool";
    const DOC: &'static str = "The average of each window of x (batch, …, channels), in one to three spatial dimensions. Only elements of x count: a \
        window that reaches over an end has fewer.";
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
