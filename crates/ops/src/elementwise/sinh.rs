//! sinh x

use super::prelude::*;

/// sinh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sinh {}

impl Formula for Sinh {
    const NAME: &'static str = "sinh";
    const DOC: &'static str = "The hyperbolic sine, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| x.sinh())))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("sinh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let slope = cx.graph.apply("cosh", &[x])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let half = x[0].affine(0.5, 0.0)?.exp()?;
        let (up, down) = ((half.affine(0.5, 0.0)? * &half)?, (half.recip()?.affine(0.5, 0.0)? * half.recip()?)?);
        let far = x[0].abs()?.gt(&tensors::number(&x[0], 1.0)?)?;
        let t = tensors::expm1(&tensors::select(&far, &x[0].zeros_like()?, &x[0])?)?;
        let near = (&t + (&t / t.affine(1.0, 1.0)?)?)?.affine(0.5, 0.0)?;
        tensors::select(&far, &(up - down)?, &near).map(Some)
    }
}
