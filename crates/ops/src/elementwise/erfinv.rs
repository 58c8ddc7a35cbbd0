//! The inverse error function

use super::prelude::*;

/// The inverse error function
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erfinv {}

impl Formula for Erfinv {
    const NAME: &'static str = "erfinv";
    const DOC: &'static str = "The inverse of the error function, elementwise; infinite at ±1, NaN outside. Source of the first guess: Giles, *Approximating the erfinv function*, GPU Computing Gems, 2011; then Halley's steps.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::erfinv(x))))
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let square = cx.graph.mul(y, y)?;
        let rising = cx.graph.apply("exp", &[square])?;
        let slope = cx.graph.scale(rising, 1.0 / std::f64::consts::FRAC_2_SQRT_PI)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-0.9, 0.9)
    }
}
