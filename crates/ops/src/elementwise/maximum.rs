//! The larger of x and y

use super::prelude::*;

/// The larger of x and y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maximum {}

impl Formula for Maximum {
    const NAME: &'static str = "maximum";
    const DOC: &'static str = "The larger of x1 and x2, elementwise with numpy's broadcasting; NaN where either is NaN. At a tie each gets half the gradient.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Common(0);
    const COMMUTATIVE: bool = true;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => binary(|x: f32, y: f32| if x > y || x.is_nan() { x } else { y }),
            DType::F64 => binary(|x: f64, y: f64| if x > y || x.is_nan() { x } else { y }),
            d => for_dtype!(all, Self::NAME, d, T => binary(|x: T, y: T| if x > y { x } else { y })),
        })
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a > b || a != a ? a : b".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        super::tie::share(cx, i).map(Some)
    }

    fn samples() -> Vec<Sample> {
        [Sample::binary(-2.0, 2.0), Sample::integer_pairs(&[DType::I32, DType::U8, DType::Bool])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        let [x, y] = tensors::common([&x[0], &x[1]])?;
        tensors::maximum(&x, &y).map(Some)
    }
}
