//! 1 − erf x

use super::prelude::*;

/// 1 − erf x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erfc {}

impl Formula for Erfc {
    const NAME: &'static str = "erfc";
    const DOC: &'static str =
        "The complementary error function 1 − erf x, elementwise, accurate where erf x is near 1.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => unary(|x: T| Special::erfc(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("erfc(a)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, x) = (cx.grad(), cx.inputs[0]);
        let square = cx.graph.mul(x, x)?;
        let falling = cx.graph.neg(square)?;
        let bell = cx.graph.apply("exp", &[falling])?;
        let slope = cx.graph.scale(bell, -std::f64::consts::FRAC_2_SQRT_PI)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::unary(-2.0, 2.0)
    }
}
