//! cos x

use super::prelude::*;

/// cos x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cos {}

impl Formula for Cos {
    const NAME: &'static str = "cos";
    const DOC: &'static str = "The cosine of x in radians, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::cos(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("cos(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let sin = cx.graph.apply("sin", &[x])?;
        let d = cx.graph.mul(g, sin)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-4.0, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].cos().map(Some)
    }
}
