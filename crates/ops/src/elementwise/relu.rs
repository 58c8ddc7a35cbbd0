//! max(x, 0)

use super::prelude::*;
use crate::pool;

/// max(x, 0)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relu {}

impl Formula for Relu {
    const NAME: &'static str = "relu";
    const DOC: &'static str = "max(x, 0), elementwise; its derivative at 0 is 0.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Number;

    #[allow(clippy::unnecessary_min_or_max, reason = "unsigned types pass through the same arm")]
    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| if x > 0.0 || x.is_nan() { x } else { 0.0 }),
            DType::F64 => unary(|x: f64| if x > 0.0 || x.is_nan() { x } else { 0.0 }),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| x.max(0))),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "a > T(0) || a != a ? a : T(0)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        let (g, y) = (cx.grad(), cx.outputs[0]);
        let zero = cx.graph.number(0.0, y)?;
        // What the largest elements of windows get is left out where there is less of it: in the windows' gradient.
        if let Some((_, g, attrs)) = pool::spread(cx.graph, g).filter(|(x, ..)| *x == y) {
            let top = cx.graph.op("max_pool", &attrs, &[y])?;
            let on = cx.graph.apply("greater", &[top, zero])?;
            let g = cx.graph.select(on, g, zero)?;
            return cx.graph.op("max_pool_gradient", &attrs, &[y, g]).map(Some);
        }
        let on = cx.graph.apply("greater", &[y, zero])?;
        cx.graph.select(on, g, zero).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(0.3, 2.0), Sample::integers(&[DType::I32, DType::U8, DType::I64])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        // candle's own relu makes 0 of NaN.
        tensors::relu(&x[0]).map(Some)
    }
}
