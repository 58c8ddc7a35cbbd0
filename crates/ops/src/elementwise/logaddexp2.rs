//! log₂(2ˣ + 2ʸ)

use super::prelude::*;

/// log₂(2ˣ + 2ʸ)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logaddexp2 {}

impl Formula for Logaddexp2 {
    const NAME: &'static str = "logaddexp2";
    const DOC: &'static str =
        "The logarithm to base 2 of 2^x1 + 2^x2, elementwise with numpy's broadcasting, without overflow.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;
    const COMMUTATIVE: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| Special::logaddexp2(x, y))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a - b != a - b ? a + b : fmax(a, b) + log1p(exp2(-fabs(a - b))) * T(1.4426950408889634)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        super::log_sum::partial(cx, i, "exp2").map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        super::log_sum::candle(x, std::f64::consts::LN_2)
    }
}
