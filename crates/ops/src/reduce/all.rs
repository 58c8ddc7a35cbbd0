//! Whether every element over axes is true

use super::prelude::*;

/// Whether every element over axes is true
#[derive(Debug)]
pub struct All;

impl Fold for All {
    const NAME: &'static str = "all";
    const DOC: &'static str = "true where every element over `axis` is true (anything but 0).";
    const PROMOTE: Promote = Promote::Bool;

    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel> {
        debug_assert_eq!(dtype, DType::Bool, "the inputs of {} are brought to bool", Self::NAME);
        Ok(reduce_with!(u8, shape, axes, 1, |a, b| a & b))
    }

    fn samples() -> Vec<Sample> {
        let bits = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0];
        vec![
            Sample::new("{}").with(DType::Bool, &[2, 3], bits),
            Sample::new(r#"{"axis":0}"#).with(DType::Bool, &[2, 3], bits),
            Sample::new(r#"{"axis":1,"keepdims":true}"#).with(DType::F32, &[2, 3], bits).kink(),
            Sample::new("{}").with(DType::I32, &[0], []),
        ]
    }

    fn candle(x: &Tensor, axes: Vec<usize>) -> Candle {
        if x.elem_count() == 0 {
            return Ok(None);
        }
        let mut y = x.clone();
        for axis in axes {
            y = y.min_keepdim(axis)?;
        }
        Ok(Some(y))
    }
}
