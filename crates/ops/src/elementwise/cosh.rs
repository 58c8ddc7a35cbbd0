//! cosh x

use super::prelude::*;

/// cosh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosh {}

impl Formula for Cosh {
    const NAME: &'static str = "cosh";
    const DOC: &'static str = "The hyperbolic cosine, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.cosh())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("cosh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.apply("sinh", &[x])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let half = x[0].abs()?.affine(0.5, 0.0)?.exp()?;
        let (large, small) = ((half.affine(0.5, 0.0)? * &half)?, half.recip()?);
        (large + (small.affine(0.5, 0.0)? * &small)?).map(Some)
    }
}
