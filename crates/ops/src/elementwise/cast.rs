//! The same values in another dtype.

use super::rule;
use crate::{
    Define, GraphOps, Lower, Lowered, Param, Sample,
    def::{self, param},
    for_dtype,
};
use kerosene_ir::{DType, Graph, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::{Lane, unary};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Converts elements.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    dtype: String,
}

/// Records a cast unless `x` has the dtype already.
pub fn cast(graph: &mut Graph, x: Value, dtype: DType) -> Result<Value> {
    if graph.try_spec(x)?.dtype == dtype {
        return Ok(x);
    }
    Ok(graph.push(Arc::new(Cast { dtype: dtype.name().into() }), &[x])?[0])
}

impl Op for Cast {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        rule::to(Self::NAME, inputs, self.dtype.parse()?)
    }

    fn traits(&self) -> Traits {
        rule::ELEMENTWISE
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, from) = (cx.grad(), cx.input(0).dtype);
        if !from.is_float() {
            return Ok(vec![None]);
        }
        Ok(vec![Some(cx.graph.cast(g, from)?)])
    }
}

/// Conversion to each type by Rust's `as`: floats truncate towards zero and saturate, integers wrap; anything ≠ 0 is true.
macro_rules! to_dtype {
    ($A:ty, $to:expr, $zero:expr) => {
        match $to {
            DType::Bool => unary(|x: $A| (x != $zero) as u8),
            DType::F32 => unary(|x: $A| x as f32),
            DType::F64 => unary(|x: $A| x as f64),
            d => for_dtype!(int, Cast::NAME, d, T => unary(|x: $A| x as T)),
        }
    };
}

fn lane(from: DType, to: DType) -> Result<Lane> {
    Ok(match from {
        DType::F32 => to_dtype!(f32, to, 0.0),
        DType::F64 => to_dtype!(f64, to, 0.0),
        DType::Bool => to_dtype!(u8, to, 0),
        d => for_dtype!(int, Cast::NAME, d, A => to_dtype!(A, to, 0)),
    })
}

impl Lower for Cast {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        Ok(Lowered::Lane(lane(inputs[0].dtype, outputs[0].dtype)?))
    }
}

impl Define for Cast {
    const NAME: &'static str = "cast";
    const DOC: &'static str =
        "x in another dtype: floats become integers by truncation towards zero; anything but 0 is true.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("dtype", "DType", "", "The dtype of the result.")];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"dtype":"float64"}"#).f32(&[3], -2.0, 2.0),
            Sample::new(r#"{"dtype":"int32"}"#).with(DType::F32, &[4], [-1.7, 0.0, 2.9, -0.2]).kink(),
            Sample::new(r#"{"dtype":"bool"}"#).with(DType::F32, &[3], [0.0, -0.5, 2.0]).kink().not_candle(),
            Sample::new(r#"{"dtype":"float32"}"#).with(DType::U8, &[2], [255.0, 0.0]),
            Sample::new(r#"{"dtype":"float32"}"#).f32(&[0, 2], 0.0, 1.0),
        ]
    }
}
