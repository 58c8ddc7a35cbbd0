//! arcsinh x

use super::prelude::*;

/// arcsinh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asinh {}

impl Formula for Asinh {
    const NAME: &'static str = "asinh";
    const DOC: &'static str = "The inverse hyperbolic sine, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::asinh(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("asinh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.apply("square", &[x])?;
        let sum = cx.graph.shift(square, 1.0)?;
        let slope = cx.graph.apply("rsqrt", &[sum])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-3.0, 3.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let size = x[0].abs()?;
        let square = size.sqr()?;
        let near = tensors::log1p(&(&size + (&square / (square.affine(1.0, 1.0)?.sqrt()?.affine(1.0, 1.0)?))?)?)?;
        // Beyond, the square would overflow and 1 does not count.
        let far = size.log()?.affine(1.0, std::f64::consts::LN_2)?;
        let large = size.gt(&tensors::number(&size, 1e9)?)?;
        let found = tensors::select(&large, &far, &near)?;
        let found = tensors::select(&size.eq(&size.zeros_like()?)?, &x[0], &found)?;
        tensors::select(&x[0].lt(&x[0].zeros_like()?)?, &found.neg()?, &found).map(Some)
    }
}
