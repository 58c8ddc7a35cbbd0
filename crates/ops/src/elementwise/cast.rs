//! The same values in another dtype.

use super::prelude::*;
use crate::def::param;
use kerosene_ir::Graph;
use std::sync::Arc;

/// The same values in another dtype.
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
    Ok(graph.push(Arc::new(super::Elementwise(Cast { dtype: dtype.name().into() })), &[x])?[0])
}

/// Conversion to each type by Rust's `as`: floats truncate towards zero and saturate, integers wrap; anything ≠ 0 is true.
macro_rules! to_dtype {
    ($A:ty, $to:expr) => {
        match $to {
            DType::Bool => unary(|x: $A| (x != <$A>::default()) as u8),
            d => for_dtype!(all, Cast::NAME, d, T => unary(|x: $A| x as T)),
        }
    };
}

impl Formula for Cast {
    const NAME: &'static str = "cast";
    const DOC: &'static str =
        "x in another dtype: floats become integers by truncation towards zero; anything but 0 is true.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("dtype", "DType", "", "The dtype of the result.")];
    const PROMOTE: Promote = Promote::None;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        self.dtype.parse()
    }

    fn lane(&self, inputs: &[DType], output: DType) -> Result<Lane> {
        Ok(for_dtype!(all, Self::NAME, inputs[0], A => to_dtype!(A, output)))
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, from) = (cx.grad(), cx.input(0).dtype);
        cx.graph.cast(g, from).map(Some)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"dtype":"float64"}"#).f32(&[3], -2.0, 2.0),
            Sample::new(r#"{"dtype":"int32"}"#).with(DType::F32, &[4], [-1.7, 0.0, 2.9, -0.2]).kink(),
            Sample::new(r#"{"dtype":"int8"}"#).with(DType::F32, &[4], [300.0, f64::NAN, -1e9, f64::INFINITY]).kink(),
            Sample::new(r#"{"dtype":"bool"}"#).with(DType::F32, &[3], [0.0, -0.5, 2.0]).kink(),
            Sample::new(r#"{"dtype":"float32"}"#).with(DType::U8, &[2], [255.0, 0.0]),
            Sample::new(r#"{"dtype":"uint8"}"#).with(DType::I32, &[3], [256.0, -1.0, 7.0]),
            Sample::new(r#"{"dtype":"float32"}"#).f32(&[0, 2], 0.0, 1.0),
        ]
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let zero = x[0].zeros_like()?;
        Ok(match self.dtype.parse::<DType>() {
            Ok(DType::Bool) => Some(x[0].ne(&zero)?),
            Ok(DType::F32) => Some(x[0].to_dtype(candle_core::DType::F32)?),
            Ok(DType::F64) => Some(x[0].to_dtype(candle_core::DType::F64)?),
            Ok(DType::I32) if tensors::floats(x) => Some(x[0].to_dtype(candle_core::DType::I32)?),
            Ok(DType::I64) if tensors::floats(x) => Some(x[0].to_dtype(candle_core::DType::I64)?),
            Ok(DType::U8) if tensors::floats(x) => Some(x[0].to_dtype(candle_core::DType::U8)?),
            // Between integers, bytes wrap around: the host knows how.
            _ => None,
        })
    }
}
