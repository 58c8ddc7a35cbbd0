//! ln(eˣ + eʸ)

use super::prelude::*;

/// ln(eˣ + eʸ)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logaddexp {}

impl Formula for Logaddexp {
    const NAME: &'static str = "logaddexp";
    const DOC: &'static str = "ln(exp x1 + exp x2), elementwise with numpy's broadcasting, without overflow.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;
    const COMMUTATIVE: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| Special::logaddexp(x, y))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a - b != a - b ? a + b : fmax(a, b) + log1p(exp(-fabs(a - b)))".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        super::log_sum::partial(cx, i, "exp").map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        super::log_sum::candle(x, 1.0)
    }
}
