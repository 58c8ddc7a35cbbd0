//! √(x² + y²)

use super::prelude::*;

/// √(x² + y²)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hypot {}

impl Formula for Hypot {
    const NAME: &'static str = "hypot";
    const DOC: &'static str =
        "√(x1² + x2²), elementwise with numpy's broadcasting, without overflow. Its derivative at the origin is 0.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| Special::hypot(x, y))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("hypot(a, b)".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, x, y) = (cx.grad(), cx.inputs[i], cx.outputs[0]);
        let (zero, one) = (cx.graph.number(0.0, y)?, cx.graph.number(1.0, y)?);
        let origin = cx.graph.apply("equal", &[y, zero])?;
        let safe = cx.graph.select(origin, one, y)?;
        let slope = cx.graph.div(x, safe)?;
        cx.graph.mul(g, slope).map(Some)
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(0.5, 2.0)
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        let [x, y] = tensors::common([&x[0].abs()?, &x[1].abs()?])?;
        let (long, short) = (tensors::maximum(&x, &y)?, tensors::minimum(&x, &y)?);
        let zero = long.zeros_like()?;
        let infinite = tensors::number(&long, f64::INFINITY)?;
        let whole = tensors::or(&long.eq(&zero)?, &x.eq(&infinite)?)?;
        let whole = tensors::or(&whole, &y.eq(&infinite)?)?;
        let ratio = (&short / tensors::select(&whole, &tensors::number(&long, 1.0)?, &long)?)?;
        let found = (&long * ratio.sqr()?.affine(1.0, 1.0)?.sqrt()?)?;
        let either = tensors::or(&x.eq(&infinite)?, &y.eq(&infinite)?)?;
        tensors::select(&either, &infinite, &tensors::select(&whole, &long, &found)?).map(Some)
    }
}
