//! a + (x² − a) · rate

use super::{
    moving_average::{moving_samples, moving_slope},
    prelude::*,
};
use kerosene_ir::Graph;

/// a + (x² − a) · rate
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovingSquare {}

impl Formula for MovingSquare {
    const NAME: &'static str = "moving_square";
    const DOC: &'static str =
        "a + (x² − a) · rate, elementwise: how optimizers remember squares of gradients, in one pass over memory.";
    const INPUTS: &'static [&'static str] = &["a", "x", "rate"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => ternary(|a: T, x: T, rate: T| a + (x * x - a) * rate)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a + (b * b - a) * c".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (x, rate) = (cx.inputs[1], cx.inputs[2]);
        let slope = if i == 1 {
            let slope = cx.graph.mul(x, rate)?;
            cx.graph.scale(slope, 2.0)?
        } else {
            let square = cx.graph.mul(x, x)?;
            moving_slope(cx, i, square)?
        };
        cx.graph.mul(cx.grad(), slope).map(Some)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Value>> {
        let step = |graph: &mut Graph| {
            let square = graph.mul(inputs[1], inputs[1])?;
            graph.apply("moving_average", &[inputs[0], square, inputs[2]])
        };
        Some(step(graph))
    }

    fn samples() -> Vec<Sample> {
        moving_samples()
    }
}
