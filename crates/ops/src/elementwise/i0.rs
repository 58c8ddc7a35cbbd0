//! The modified Bessel function of order 0

use super::prelude::*;

/// The modified Bessel function of order 0
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct I0 {}

impl Formula for I0 {
    const NAME: &'static str = "i0";
    const DOC: &'static str = "The modified Bessel function of the first kind and order 0, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::i0(x))))
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.apply("i1", &[x])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }
}
