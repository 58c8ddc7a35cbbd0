//! log₂(2ˣ + 2ʸ)

use super::prelude::*;

/// log₂(2ˣ + 2ʸ)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logaddexp2 {}

impl Formula for Logaddexp2 {
    const NAME: &'static str = "logaddexp2";
    const DOC: &'static str =
        "The logarithm to base 2 of 2^x1 + 2^x2, elementwise with numpy's broadcasting, without overflow.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;
    const COMMUTATIVE: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| Special::logaddexp2(x, y))))
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        // 2^(xᵢ − y), where infinities stand for 0, as JAX has it.
        let (g, x, y) = (cx.grad(), cx.inputs[i], cx.outputs[0]);
        let zero = cx.graph.number(0.0, x)?;
        let infinity = cx.graph.number(f64::INFINITY, x)?;
        let mut parts = [x, y];
        for part in &mut parts {
            let above = cx.graph.apply("equal", &[*part, infinity])?;
            *part = cx.graph.select(above, zero, *part)?;
        }
        let difference = cx.graph.sub(parts[0], parts[1])?;
        let slope = cx.graph.apply("exp2", &[difference])?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(-2.0, 2.0)
    }
}
