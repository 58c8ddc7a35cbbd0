//! The element of another tensor where the largest of each window is

use super::prelude::*;

/// The element of another tensor where the largest of each window is
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxPoolPick(Pooling);

impl Op for MaxPoolPick {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, u) = (inputs[0], inputs[1]);
        let shape = self.0.window(Self::NAME).outputs(x)?;
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
        let windows = self.0.window(Self::NAME).windows(&inputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::max_pool_pick::<T>(windows))))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        Places::new(&self.0.window(Self::NAME), x[0].dims())
            .filter(|_| crate::tensors::floats(x))
            .map(|p| p.pick(&x[0], &x[1]))
            .transpose()
    }
}

impl Define for MaxPoolPick {
    const NAME: &'static str = "max_pool_pick";
    const DOC: &'static str = "For each window of x, the element of u at the place of the window's first largest element: `max_pool` when u is x.";
    const INPUTS: &'static [&'static str] = &["x", "u"];
    const PARAMS: &'static [Param] = &[POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let mut samples = samples(&[true, true], false);
        samples.push(ties().f32(&[1, 6, 1], -1.0, 1.0));
        samples
    }
}
