//! What the input of a largest element of windows gets

use super::prelude::*;

/// What the input of a largest element of windows gets
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxPoolGradient(Pooling);

/// The tensor that was pooled, the gradient of its windows and the attributes of the pooling, where `v` is what the tensor got of it:
/// the same elements, and zeros between them.
pub fn spread(graph: &Graph, v: Value) -> Option<(Value, Value, String)> {
    let node = graph.node(graph.producer(v));
    let op = node.op().filter(|op| op.name() == MaxPoolGradient::NAME)?;
    Some((node.inputs[0], node.inputs[1], op.attrs()))
}

impl Op for MaxPoolGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        self.0.window(Self::NAME).meets(inputs[0], inputs[1])?;
        Ok(vec![inputs[0].clone()])
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (u, x, attrs) = (cx.grad(), cx.inputs[0], def::attrs(self));
        Ok(vec![None, Some(cx.graph.op("max_pool_pick", &attrs, &[x, u])?)])
    }
}

impl Lower for MaxPoolGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let windows = self.0.window(Self::NAME).windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(
            for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool_gradient::<T>(windows)),
        ))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        Places::new(&self.0.window(Self::NAME), x[0].dims())
            .filter(|_| crate::tensors::floats(x))
            .map(|p| p.put(&x[0], &x[1]))
            .transpose()
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
        let mut samples = samples(&[true, false], false);
        samples.push(ties().f32(&[1, 5, 1], -1.0, 1.0));
        samples
    }
}
