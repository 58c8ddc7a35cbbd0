//! What the input of an average of windows gets

use super::prelude::*;

/// What the input of an average of windows gets
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AveragePoolGradient {
    size: Vec<usize>,
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
}

const SIZE: Param = param("size", "number[]", "", "The spatial shape of x.");

impl AveragePoolGradient {
    fn pooling(&self) -> Pooling {
        Pooling { pool_size: self.pool_size.clone(), strides: self.strides.clone(), padding: self.padding }
    }
}

impl Op for AveragePoolGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (g, rank) = (inputs[0], self.size.len());
        if g.rank() != rank + 2 {
            return Err(Error::value(format!("average_pool_gradient: size={:?} does not fit {g}.", self.size)));
        }
        let ends = (g.shape[0], g.shape[rank + 1]);
        let shape = [ends.0].into_iter().chain(self.size.iter().map(|&n| Some(n))).chain([ends.1]);
        let x = Spec::new(g.dtype, shape);
        self.pooling().window(Self::NAME).meets(&x, g)?;
        Ok(vec![x])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let u = cx.grad();
        let attrs = def::attrs(&self.pooling());
        Ok(vec![Some(cx.graph.op("average_pool", &attrs, &[u])?)])
    }
}

impl Lower for AveragePoolGradient {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let windows = self.pooling().window(Self::NAME).windows(&outputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(
            for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::average_pool_gradient::<T>(windows)),
        ))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let dims = x[0].dims();
        let of = [&dims[..1], &self.size, &dims[dims.len() - 1..]].concat();
        Places::new(&self.pooling().window(Self::NAME), &of).map(|p| p.share(&x[0])).transpose()
    }
}

impl Define for AveragePoolGradient {
    const NAME: &'static str = "average_pool_gradient";
    const DOC: &'static str = "The gradient of x under `average_pool`, from that of its output: each element of g shared out over its window.";
    const INPUTS: &'static [&'static str] = &["g"];
    const PARAMS: &'static [Param] = &[SIZE, POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        samples(&[false], true)
    }
}
