//! 1/x

use super::prelude::*;

/// 1/x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reciprocal {}

impl Formula for Reciprocal {
    const NAME: &'static str = "reciprocal";
    const DOC: &'static str = "1/x, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| 1.0 / x)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("T(1) / a".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let square = cx.graph.mul(y, y)?;
        let d = cx.graph.mul(g, square)?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.3, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].recip().map(Some)
    }
}
