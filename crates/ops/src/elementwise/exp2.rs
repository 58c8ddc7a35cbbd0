//! 2ˣ

use super::prelude::*;

/// 2ˣ
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exp2 {}

impl Formula for Exp2 {
    const NAME: &'static str = "exp2";
    const DOC: &'static str = "2 to the power of x, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::exp2(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("exp2(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let slope = cx.graph.scale(y, std::f64::consts::LN_2)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        (&x[0] * std::f64::consts::LN_2)?.exp().map(Some)
    }
}
