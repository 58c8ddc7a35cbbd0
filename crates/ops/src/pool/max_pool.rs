//! The largest element of each window

use super::prelude::*;

/// The largest element of each window
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxPool(Pooling);

impl Op for MaxPool {
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
        let (g, x, attrs) = (cx.grad(), cx.inputs[0], def::attrs(self));
        Ok(vec![Some(cx.graph.op("max_pool_gradient", &attrs, &[x, g])?)])
    }
}

impl Lower for MaxPool {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.0.window(Self::NAME).windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool::<T>(windows))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        Places::new(&self.0.window(Self::NAME), x[0].dims())
            .filter(|_| crate::tensors::floats(x))
            .map(|p| p.pick(&x[0], &x[0]))
            .transpose()
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
        let mut samples = samples(&[true], false);
        samples.push(ties());
        samples
    }
}
