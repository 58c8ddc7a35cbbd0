//! eˣ

use super::rule;
use crate::{Define, GraphOps, Lower, Lowered, Promote, Sample};
use kerosene_ir::{DType, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::unary;
use serde::{Deserialize, Serialize};

/// eˣ
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exp {}

impl Op for Exp {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        rule::same(Self::NAME, inputs)
    }

    fn traits(&self) -> Traits {
        rule::ELEMENTWISE
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let g = cx.grad();
        Ok(vec![Some(cx.graph.mul(g, cx.outputs[0])?)])
    }
}

impl Lower for Exp {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Lane(match inputs[0].dtype {
            DType::F32 => unary(|x: f32| x.exp()),
            DType::F64 => unary(|x: f64| x.exp()),
            d => return Err(super::operand::unsupported(Self::NAME, d)),
        }))
    }
}

impl Define for Exp {
    const NAME: &'static str = "exp";
    const DOC: &'static str = "eˣ, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 5], -2.0, 2.0),
            Sample::new("").f32(&[], -2.0, 2.0),
            Sample::new("").f32(&[0], -2.0, 2.0),
        ]
    }
}
