//! x + y

use super::rule;
use crate::{Define, GraphOps, Lower, Lowered, Promote, Sample, for_dtype};
use kerosene_ir::{DType, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::binary;
use serde::{Deserialize, Serialize};

/// The sum of two tensors.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {}

impl Op for Add {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        rule::same(Self::NAME, inputs)
    }

    fn traits(&self) -> Traits {
        Traits { commutative: true, ..rule::ELEMENTWISE }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let g = cx.grad();
        (0..2).map(|i| if cx.needs[i] { cx.graph.sum_to(g, cx.inputs[i]).map(Some) } else { Ok(None) }).collect()
    }
}

impl Lower for Add {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Lane(match inputs[0].dtype {
            DType::F32 => binary(|x: f32, y: f32| x + y),
            DType::F64 => binary(|x: f64, y: f64| x + y),
            DType::Bool => binary(|x: u8, y: u8| x | y),
            d => for_dtype!(int, Self::NAME, d, T => binary(|x: T, y: T| x.wrapping_add(y))),
        }))
    }
}

impl Define for Add {
    const NAME: &'static str = "add";
    const DOC: &'static str = "x1 + x2, elementwise with numpy's broadcasting; on booleans, logical or.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Common(0);

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[3, 4], -2.0, 2.0).f32(&[3, 4], -2.0, 2.0),
            Sample::new("").f32(&[2, 1, 5], -2.0, 2.0).f32(&[3, 1], -2.0, 2.0),
            Sample::new("").f32(&[], 1.0, 2.0).f32(&[7], -2.0, 2.0),
            Sample::new("").f32(&[0, 3], 0.0, 1.0).f32(&[3], 0.0, 1.0),
            Sample::new("").with(DType::I32, &[3], [1.0, -2.0, 3.0]).with(DType::I32, &[1], [5.0]),
            Sample::new("").with(DType::Bool, &[2], [1.0, 0.0]).with(DType::Bool, &[2], [1.0, 1.0]).not_candle(),
        ]
    }
}
