//! ¬x

use super::prelude::*;

/// ¬x
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogicalNot {}

impl Formula for LogicalNot {
    const NAME: &'static str = "logical_not";
    const DOC: &'static str = "true where x is 0 or false, elementwise.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PROMOTE: Promote = Promote::Bool;

    fn result(&self, _: &[&Spec]) -> Result<DType> {
        Ok(DType::Bool)
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        let _ = inputs;
        Ok(unary(|x: u8| (x == 0) as u8))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("!a".into())
    }

    fn samples() -> Vec<Sample> {
        [Sample::unary(-2.0, 2.0), Sample::integers(&[DType::I32, DType::Bool])].concat()
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        x[0].eq(&x[0].zeros_like()?).map(Some)
    }
}
