//! The average of each window

use super::prelude::*;

/// The average of each window
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AveragePool(Pooling);

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
        Ok(vec![Spec { dtype: inputs[0].dtype, shape: self.0.window(Self::NAME).outputs(inputs[0])? }])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, size) = (cx.grad(), spatial(cx.input(0)));
        let mut attrs = serde_json::to_value(self).expect("attributes are JSON");
        let Some(size) = size else {
            return Err(Error::unsupported("average_pool: the gradient needs the lengths of the spatial axes."));
        };
        attrs["size"] = serde_json::json!(size);
        Ok(vec![Some(cx.graph.op("average_pool_gradient", &attrs.to_string(), &[g])?)])
    }
}

impl Lower for AveragePool {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.0.window(Self::NAME).windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::average_pool::<T>(windows))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        Places::new(&self.0.window(Self::NAME), x[0].dims())
            .filter(|_| crate::tensors::floats(x))
            .map(|p| p.average(&x[0]))
            .transpose()
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
        let mut samples = samples(&[true], false);
        samples.push(ties());
        let attrs = r#"{"pool_size":[2],"strides":[2],"padding":"valid"}"#;
        samples.push(Sample::new(attrs).with(DType::I32, &[1, 4, 1], [1.0, 2.0, 3.0, 5.0]));
        samples
    }
}
