//! x / y

use super::prelude::*;

/// x / y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divide {}

impl Formula for Divide {
    const NAME: &'static str = "divide";
    const DOC: &'static str = "x1 / x2, elementwise with numpy's broadcasting; integers are divided as float32.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| x / y)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a / b".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.inputs[1]);
        let d = cx.graph.div(g, y)?;
        if i == 0 {
            return Ok(Some(d));
        }
        let d = cx.graph.mul(d, cx.outputs[0])?;
        cx.graph.neg(d).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::binary(0.5, 2.0), Sample::integer_pairs(&[DType::I32])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].broadcast_div(&x[1]).map(Some)
    }
}
