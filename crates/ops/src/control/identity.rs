//! x itself

use crate::{Define, Lower, Lowered, Sample};
use kerosene_ir::{DType, Op, Result, Spec, Traits, Value, Vjp};
use serde::{Deserialize, Serialize};

/// x itself
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {}

impl Op for Identity {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        Ok(vec![inputs[0].clone()])
    }

    fn traits(&self) -> Traits {
        Traits { alias: true, ..Traits::default() }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![Some(cx.grad())])
    }
}

impl Lower for Identity {
    fn lower(&self, _: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Alias)
    }
}

impl Define for Identity {
    const NAME: &'static str = "identity";
    const DOC: &'static str = "x itself: another name for the same value.";
    const INPUTS: &'static [&'static str] = &["x"];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 4], -1.0, 1.0),
            Sample::new("").f32(&[], -1.0, 1.0).kink(),
            Sample::new("").f32(&[0], -1.0, 1.0).kink(),
            Sample::new("").with(DType::Bool, &[2], [1.0, 0.0]),
        ]
    }
}
