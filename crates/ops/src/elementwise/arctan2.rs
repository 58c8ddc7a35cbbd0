//! The angle of the point (y, x)

use super::prelude::*;

/// The angle of the point (y, x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arctan2 {}

impl Formula for Arctan2 {
    const NAME: &'static str = "arctan2";
    const DOC: &'static str = "The angle of the point (x2, x1) in (−π, π], elementwise with numpy's broadcasting.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|y: T, x: T| y.atan2(x))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("atan2(a, b)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let g = cx.grad();
        let (a, b) = (cx.graph.apply("square", &cx.inputs[..1])?, cx.graph.apply("square", &cx.inputs[1..])?);
        let norm = cx.graph.add(a, b)?;
        let slope = cx.graph.div(cx.inputs[1 - i], norm)?;
        let d = cx.graph.mul(g, slope)?;
        if i == 0 { Ok(Some(d)) } else { cx.graph.neg(d).map(Some) }
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(0.5, 2.0)
    }
}
