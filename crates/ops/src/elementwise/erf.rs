//! The error function

use super::prelude::*;

/// The error function
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erf {}

impl Formula for Erf {
    const NAME: &'static str = "erf";
    const DOC: &'static str = "The error function 2/√π · ∫₀ˣ e^(−t²) dt, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;
    const DEAR: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Real::erf(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("erf(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.mul(x, x)?;
        let falling = cx.graph.neg(square)?;
        let bell = cx.graph.apply("exp", &[falling])?;
        let slope = cx.graph.scale(bell, std::f64::consts::FRAC_2_SQRT_PI)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].erf().map(Some)
    }
}
