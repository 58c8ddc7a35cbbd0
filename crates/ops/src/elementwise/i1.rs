//! The modified Bessel function of order 1

use super::prelude::*;

/// The modified Bessel function of order 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct I1 {}

impl Formula for I1 {
    const NAME: &'static str = "i1";
    const DOC: &'static str =
        "The modified Bessel function of the first kind and order 1, elementwise: the derivative of `i0`.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::i1(x))))
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x, y) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
        // I₁' = I₀ − I₁/x, which is ½ at 0.
        let whole = cx.graph.apply("i0", &[x])?;
        let zero = cx.graph.number(0.0, x)?;
        let at_zero = cx.graph.apply("equal", &[x, zero])?;
        let ratio = cx.graph.div(y, x)?;
        let half = cx.graph.number(0.5, x)?;
        let ratio = cx.graph.select(at_zero, half, ratio)?;
        let slope = cx.graph.sub(whole, ratio)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(0.3, 3.0)
    }
}
