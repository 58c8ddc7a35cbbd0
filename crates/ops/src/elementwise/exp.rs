//! eˣ

use super::prelude::*;

/// eˣ
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exp {}

impl Formula for Exp {
    const NAME: &'static str = "exp";
    const DOC: &'static str = "eˣ, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;
    const DEAR: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::exp(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("exp(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        cx.graph.mul(g, y).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].exp().map(Some)
    }
}
