//! x, a constant to the derivative

use crate::{Define, Lower, Lowered, Sample};
use kerosene_ir::{DType, Op, Result, Spec, Traits, Value, Vjp};
use serde::{Deserialize, Serialize};

/// x, a constant to the derivative
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopGradient {}

impl Op for StopGradient {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        Ok(vec![inputs[0].clone()])
    }

    fn traits(&self) -> Traits {
        Traits { alias: true, ..Traits::default() }
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None])
    }
}

impl Lower for StopGradient {
    fn lower(&self, _: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Alias)
    }
}

impl Define for StopGradient {
    const NAME: &'static str = "stop_gradient";
    const DOC: &'static str = "x itself, which the derivative takes for a constant.";
    const INPUTS: &'static [&'static str] = &["x"];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 4], -1.0, 1.0).kink(),
            Sample::new("").f32(&[], -1.0, 1.0).kink(),
            Sample::new("").f32(&[0], -1.0, 1.0).kink(),
            Sample::new("").with(DType::Bool, &[2], [1.0, 0.0]),
        ]
    }
}
