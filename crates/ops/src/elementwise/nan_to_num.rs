//! Numbers in the place of NaN and infinities

use super::prelude::*;
use crate::composite::Compose;
use crate::def::param;
use kerosene_ir::Graph;

/// Numbers in the place of NaN and infinities
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NanToNum {
    #[serde(default, with = "crate::def::number")]
    nan: f64,
    #[serde(default)]
    posinf: Option<Number>,
    #[serde(default)]
    neginf: Option<Number>,
}

/// A number that may be infinite.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Number(#[serde(with = "crate::def::number")] f64);

impl Compose for NanToNum {
    const NAME: &'static str = "nan_to_num";
    const DOC: &'static str =
        "x with `nan` for NaN, `posinf` for ∞ and `neginf` for −∞, elementwise; no gradient there.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("nan", "number", "0", "What NaN becomes."),
        param("posinf", "number | null", "null", "What ∞ becomes; null: the largest number of the dtype."),
        param("neginf", "number | null", "null", "What −∞ becomes; null: the least number of the dtype."),
    ];
    const PROMOTE: Promote = Promote::None;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let most = match graph.spec(x).dtype {
            DType::F32 => f64::from(f32::MAX),
            DType::F64 => f64::MAX,
            DType::F16 => 65_504.0,
            DType::BF16 => 3.389_531_389_251_535_5e38,
            _ => return Ok(x),
        };
        let replace = [
            ("isnan", self.nan),
            ("isposinf", self.posinf.map_or(most, |n| n.0)),
            ("isneginf", self.neginf.map_or(-most, |n| n.0)),
        ];
        let mut out = x;
        for (test, value) in replace {
            let here = graph.apply(test, &[out])?;
            let value = graph.number(value, x)?;
            out = graph.select(here, value, out)?;
        }
        Ok(out)
    }

    fn samples() -> Vec<Sample> {
        [
            Sample::unary(-3.0, 3.0),
            vec![
                Sample::new(r#"{"nan":1,"posinf":"inf","neginf":-3}"#)
                    .with(DType::F32, &[4], [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5])
                    .kink(),
                Sample::new("").with(DType::I32, &[2], [1.0, -1.0]),
            ],
        ]
        .concat()
    }
}
