//! The gradient of `standardize`

use super::{prelude::*, standardize::Standardize};
use crate::gradients::through_expansion;

/// The gradient of `standardize`
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StandardizeGradient(Standardize);

impl Op for StandardizeGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let out = self.0.check(Self::NAME, inputs[0])?;
        match unify(&out.shape, &inputs[1].shape) {
            Some(shape) if inputs[1].dtype == out.dtype => Ok(vec![Spec { dtype: out.dtype, shape }]),
            _ => Err(Error::value(format!("{}: the gradient {} is not that of {out}.", Self::NAME, inputs[1]))),
        }
    }

    fn traits(&self) -> Traits {
        Traits { tail: true, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        Some(self.0.gradient(graph, inputs[0], inputs[1]).map(|v| vec![v]))
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        through_expansion(self, cx)
    }
}

impl Lower for StandardizeGradient {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let standard = self.0.standard(Self::NAME, inputs[0])?;
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => standard.backward::<T>())))
    }
}

impl Define for StandardizeGradient {
    const NAME: &'static str = "standardize_gradient";
    const DOC: &'static str = "The gradient of standardize for x: (g − mean(g) − y · mean(g · y)) / √(variance + `epsilon`), where y is \
        the standardised x.";
    const INPUTS: &'static [&'static str] = &["x", "g"];
    const PARAMS: &'static [Param] = Standardize::PARAMS;
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        Standardize::samples()
            .into_iter()
            .map(|s| {
                let shape = s.inputs[0].shape.clone();
                s.f32(&shape, -1.0, 1.0)
            })
            .collect()
    }
}
