//! x to the nearest integer

use super::prelude::*;

/// x to the nearest integer
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {}

impl Formula for Round {
    const NAME: &'static str = "round";
    const DOC: &'static str =
        "The nearest integer, halves to the even one, elementwise. Integers stay as they are. No gradient.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Number;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(match inputs[0] {
            DType::F32 => unary(|x: f32| x.round_ties_even()),
            DType::F64 => unary(|x: f64| x.round_ties_even()),
            d => for_dtype!(int, Self::NAME, d, T => unary(|x: T| x)),
        })
    }

    fn expression(&self, x: &[DType], _: DType) -> Option<String> {
        x[0].is_float().then(|| "rint(a)".into())
    }

    fn samples() -> Vec<Sample> {
        [
            Sample::unary(-3.0, 3.0),
            vec![Sample::new("").with(DType::F32, &[5], [-1.5, -0.5, 0.5, 1.5, 2.5]).kink()],
            Sample::integers(&[DType::I32]),
        ]
        .concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        if !tensors::floats(x) {
            return Ok(None);
        }
        let (low, half) = (x[0].floor()?, tensors::number(&x[0], 0.5)?);
        let (rest, up) = ((&x[0] - &low)?, low.affine(1.0, 1.0)?);
        let even = (low.affine(0.5, 0.0)?.floor()?.affine(2.0, 0.0)?).eq(&low)?;
        let tie = tensors::select(&even, &low, &up)?;
        let found = tensors::select(&rest.gt(&half)?, &up, &tensors::select(&rest.lt(&half)?, &low, &tie)?)?;
        // What is whole already stays, infinities and the sign of zero too.
        tensors::select(&low.eq(&x[0])?, &x[0], &found).map(Some)
    }
}
