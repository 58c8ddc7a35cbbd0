//! The same values in another dtype.

use super::prelude::*;
use crate::def::param;
use kerosene_ir::{BF16, F16, Graph, Half};
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

/// Conversion from a float of 16 bits, by way of float32.
fn from_half<H: Half>(to: DType) -> Result<Lane> {
    Ok(match to {
        DType::Bool => unary(|x: H| (x.to_f32() != 0.0) as u8),
        DType::F16 => unary(|x: H| F16::from_f32(x.to_f32())),
        DType::BF16 => unary(|x: H| BF16::from_f32(x.to_f32())),
        d => for_dtype!(all, Cast::NAME, d, T => unary(|x: H| x.to_f32() as T)),
    })
}

/// Conversion to a float of 16 bits: rounded once.
#[allow(clippy::unnecessary_cast)] // One of the types is f64 itself.
fn to_half<H: Half>(from: DType) -> Result<Lane> {
    Ok(match from {
        DType::F32 => unary(H::from_f32),
        d => for_dtype!(all, Cast::NAME, d, T => unary(|x: T| H::from_f64(x as f64))),
    })
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
        Ok(match (inputs[0], output) {
            (DType::F16, to) => from_half::<F16>(to)?,
            (DType::BF16, to) => from_half::<BF16>(to)?,
            (from, DType::F16) => to_half::<F16>(from)?,
            (from, DType::BF16) => to_half::<BF16>(from)?,
            (from, to) => for_dtype!(all, Self::NAME, from, A => to_dtype!(A, to)),
        })
    }

    fn expression(&self, x: &[DType], output: DType) -> Option<String> {
        let value = match x[0] {
            DType::F16 => "from_f16(a)",
            DType::BF16 => "from_bf16(a)",
            _ => "a",
        };
        Some(match output {
            DType::Bool => format!("{value} != 0"),
            DType::F16 => format!("to_f16({value})"),
            DType::BF16 => format!("to_bf16({value})"),
            to if to.is_int() && x[0].is_float() => format!("to_integer<T>({value})"),
            _ => format!("T({value})"),
        })
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
            Sample::new(r#"{"dtype":"float16"}"#)
                .with(DType::F32, &[6], [0.1, -65519.0, 65520.0, f64::NAN, 6e-8, 1e-9])
                .kink(),
            Sample::new(r#"{"dtype":"bfloat16"}"#)
                .with(DType::F32, &[5], [0.1, -3.39e38, 3.4e38, f64::NAN, 1e-30])
                .kink(),
            Sample::new(r#"{"dtype":"float16"}"#).with(DType::I32, &[3], [2049.0, -2051.0, 70_000.0]),
            Sample::new(r#"{"dtype":"bfloat16"}"#).with(DType::Bool, &[2], [0.0, 1.0]),
            Sample::new(r#"{"dtype":"bfloat16"}"#).with(DType::F16, &[3], [1.003, -2.0, 65504.0]).kink(),
            Sample::new(r#"{"dtype":"int8"}"#).with(DType::BF16, &[3], [300.0, -1.9, 0.5]).kink(),
        ]
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let zero = x[0].zeros_like()?;
        Ok(match self.dtype.parse::<DType>() {
            Ok(DType::Bool) => Some(x[0].ne(&zero)?),
            Ok(DType::F32) => Some(x[0].to_dtype(candle_core::DType::F32)?),
            Ok(DType::F16) if x[0].dtype() == candle_core::DType::F32 => Some(x[0].to_dtype(candle_core::DType::F16)?),
            Ok(DType::BF16) if x[0].dtype() == candle_core::DType::F32 => {
                Some(x[0].to_dtype(candle_core::DType::BF16)?)
            }
            Ok(DType::F64) => Some(x[0].to_dtype(candle_core::DType::F64)?),
            Ok(DType::I32) if tensors::floats(x) => {
                let wide = x[0].to_dtype(candle_core::DType::I64)?;
                let most = |n: i32| tensors::number(&wide, f64::from(n));
                Some(wide.minimum(&most(i32::MAX)?)?.maximum(&most(i32::MIN)?)?)
            }
            // Smaller integers fit.
            Ok(DType::I64) => Some(x[0].to_dtype(candle_core::DType::I64)?),
            Ok(DType::I32 | DType::I16) if x[0].dtype() == candle_core::DType::U8 => {
                Some(x[0].to_dtype(candle_core::DType::I64)?)
            }
            Ok(DType::U8) if tensors::floats(x) => Some(x[0].to_dtype(candle_core::DType::U8)?),
            // Between integers, bytes wrap around: the host knows how.
            _ => None,
        })
    }
}
