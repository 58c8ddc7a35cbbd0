//! sin x

use super::prelude::*;

/// sin x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sin {}

impl Formula for Sin {
    const NAME: &'static str = "sin";
    const DOC: &'static str = "The sine of x in radians, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::sin(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("sin(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.apply("cos", &[x])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-4.0, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].sin().map(Some)
    }
}
