//! −x

use super::rule;
use crate::{Define, GraphOps, Lower, Lowered, Promote, Sample, for_dtype};
use kerosene_ir::{DType, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::unary;
use serde::{Deserialize, Serialize};

/// −x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Negative {}

impl Op for Negative {
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
        Ok(vec![Some(cx.graph.neg(g)?)])
    }
}

impl Lower for Negative {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Lane(match inputs[0].dtype {
            DType::F32 => unary(|x: f32| -x),
            DType::F64 => unary(|x: f64| -x),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| x.wrapping_neg())),
        }))
    }
}

impl Define for Negative {
    const NAME: &'static str = "negative";
    const DOC: &'static str = "−x, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::None;

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 5], -2.0, 2.0),
            Sample::new("").f32(&[], -2.0, 2.0),
            Sample::new("").f32(&[0], -2.0, 2.0),
        ]
    }
}
