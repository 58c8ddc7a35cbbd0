//! arctanh x

use super::prelude::*;

/// arctanh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atanh {}

impl Formula for Atanh {
    const NAME: &'static str = "atanh";
    const DOC: &'static str = "The inverse hyperbolic tangent, elementwise; infinite at ±1, NaN outside.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::atanh(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("atanh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let one = cx.graph.number(1.0, x)?;
        let (below, above) = (cx.graph.sub(one, x)?, cx.graph.add(one, x)?);
        let product = cx.graph.mul(below, above)?;
        cx.graph.div(g, product).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-0.9, 0.9)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let (one, half) = (x[0].affine(-1.0, 1.0)?, 0.5);
        let found = tensors::log1p(&(x[0].affine(2.0, 0.0)? / one)?)?;
        found.affine(half, 0.0).map(Some)
    }
}
