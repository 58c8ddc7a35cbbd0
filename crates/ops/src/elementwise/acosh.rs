//! arccosh x

use super::prelude::*;

/// arccosh x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acosh {}

impl Formula for Acosh {
    const NAME: &'static str = "acosh";
    const DOC: &'static str = "The inverse hyperbolic cosine, elementwise; NaN below 1.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::acosh(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("acosh(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let (below, above) = (cx.graph.shift(x, -1.0)?, cx.graph.shift(x, 1.0)?);
        let product = cx.graph.mul(below, above)?;
        let slope = cx.graph.apply("rsqrt", &[product])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(1.2, 4.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let t = x[0].affine(1.0, -1.0)?;
        let near = tensors::log1p(&(&t + (t.sqr()? + t.affine(2.0, 0.0)?)?.sqrt()?)?)?;
        let far = x[0].log()?.affine(1.0, std::f64::consts::LN_2)?;
        tensors::select(&x[0].gt(&tensors::number(&x[0], 1e9)?)?, &far, &near).map(Some)
    }
}
