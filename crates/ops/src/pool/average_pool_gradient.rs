//! What the input of an average of windows gets

use super::prelude::*;

/// What the input of an average of windows gets
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AveragePoolGradient {
    pool_size: Vec<usize>,
    strides: Vec<usize>,
    padding: Rule,
    size: Vec<usize>,
}

const SIZE: Param = param("size", "number[]", "", "The spatial shape of x.");

impl AveragePoolGradient {
    fn window(&self) -> Window<'_> {
        Window { who: Self::NAME, size: &self.pool_size, strides: &self.strides, rule: self.padding }
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
        self.window().meets(&x, g)?;
        Ok(vec![x])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let u = cx.grad();
        let attrs =
            serde_json::json!({ "pool_size": self.pool_size, "strides": self.strides, "padding": self.padding });
        Ok(vec![Some(cx.graph.op("average_pool", &attrs.to_string(), &[u])?)])
    }
}

impl Lower for AveragePoolGradient {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let windows = self.window().windows(&outputs[0].dims(Self::NAME)?);
        Ok(Lowered::Kernel(
            for_dtype!(float, Self::NAME, inputs[0].dtype, T => pooling::average_pool_gradient::<T>(windows)),
        ))
    }
}

impl Define for AveragePoolGradient {
    const NAME: &'static str = "average_pool_gradient";
    const DOC: &'static str = "The gradient of x under `average_pool`, from that of its output: each element of g shared out over its window.";
    const INPUTS: &'static [&'static str] = &["g"];
    const PARAMS: &'static [Param] = &[SIZE, POOL_SIZE, STRIDES, PADDING];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"size":[5],"pool_size":[2],"strides":[2],"padding":"valid"}"#).f32(&[2, 2, 3], -1.0, 1.0),
            Sample::new(r#"{"size":[5],"pool_size":[3],"strides":[1],"padding":"same"}"#).f32(&[2, 5, 1], -1.0, 1.0),
            Sample::new(r#"{"size":[4,5],"pool_size":[2,3],"strides":[1,2],"padding":"same"}"#).f32(
                &[1, 4, 3, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"size":[5,4],"pool_size":[2,2],"strides":[3,1],"padding":"valid"}"#).f32(
                &[2, 2, 3, 3],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"size":[5,5],"pool_size":[3,2],"strides":[1,1],"padding":"adaptive"}"#).f32(
                &[1, 3, 2, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"size":[3],"pool_size":[4],"strides":[1],"padding":"adaptive"}"#).f32(
                &[1, 4, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"size":[3,2,4],"pool_size":[2,1,2],"strides":[1,1,2],"padding":"valid"}"#).f32(
                &[1, 2, 2, 2, 2],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"size":[5],"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[0, 3, 2], -1.0, 1.0),
            Sample::new(r#"{"size":[3],"pool_size":[2],"strides":[1],"padding":"valid"}"#).f32(&[1, 2, 0], -1.0, 1.0),
            Sample::new(r#"{"size":[70],"pool_size":[3],"strides":[2],"padding":"same"}"#).f32(&[1, 35, 67], -1.0, 1.0),
        ]
    }
}
