//! ∛x

use super::prelude::*;

/// ∛x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cbrt {}

impl Formula for Cbrt {
    const NAME: &'static str = "cbrt";
    const DOC: &'static str = "The real cube root, elementwise. Its derivative at 0 is infinite.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::cbrt(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("cbrt(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let square = cx.graph.mul(y, y)?;
        let slope = cx.graph.scale(square, 3.0)?;
        cx.graph.div(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(0.4, 3.0), vec![Sample::new("").f32(&[5], -3.0, -0.4)]].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let zero = x[0].zeros_like()?;
        let root = (x[0].abs()?.log()? / 3.0)?.exp()?;
        tensors::select(&x[0].lt(&zero)?, &root.neg()?, &tensors::select(&x[0].eq(&zero)?, &x[0], &root)?).map(Some)
    }
}
