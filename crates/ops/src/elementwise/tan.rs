//! tan x

use super::prelude::*;

/// tan x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tan {}

impl Formula for Tan {
    const NAME: &'static str = "tan";
    const DOC: &'static str = "The tangent of x in radians, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::tan(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("tan(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let square = cx.graph.mul(y, y)?;
        let slope = cx.graph.shift(square, 1.0)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-1.0, 1.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        (x[0].sin()? / x[0].cos()?).map(Some)
    }
}
