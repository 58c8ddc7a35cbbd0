//! tanh x

use super::prelude::*;

/// tanh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tanh {}

impl Formula for Tanh {
    const NAME: &'static str = "tanh";
    const DOC: &'static str = "The hyperbolic tangent, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;
    const DEAR: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::tanh(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("tanh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let square = cx.graph.mul(y, y)?;
        let one = cx.graph.number(1.0, y)?;
        let slope = cx.graph.sub(one, square)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].tanh().map(Some)
    }
}
