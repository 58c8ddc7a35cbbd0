//! x · 2ʸ

use super::prelude::*;
use crate::composite::Compose;
use kerosene_ir::{Error, Graph};

/// x · 2ʸ
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ldexp {}

impl Compose for Ldexp {
    const NAME: &'static str = "ldexp";
    const DOC: &'static str =
        "x1 · 2^x2 for integers x2, elementwise with numpy's broadcasting, without overflow on the way.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::None;

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let dtypes = [0, 1].map(|i| graph.spec(inputs[i]).dtype);
        if !dtypes[1].is_int() {
            return Err(Error::dtype(format!(
                "ldexp: expected an exponent x2 of an integer dtype, but it is {}.",
                dtypes[1]
            )));
        }
        let result = dtypes[0].to_float();
        // Three factors are few enough where a factor reaches as far as float32's.
        let float = if result.is_half() { DType::F32 } else { result };
        let x = graph.cast(inputs[0], float)?;
        let y = graph.cast(inputs[1], DType::I64)?;
        // Three factors, none of which leaves the format where the product does not.
        let limit = 2200.0;
        let (least, most) = (graph.number(-limit, y)?, graph.number(limit, y)?);
        let y = graph.apply("maximum", &[y, least])?;
        let mut rest = graph.apply("minimum", &[y, most])?;
        let mut out = x;
        for parts in [3.0, 2.0, 1.0] {
            let parts = graph.number(parts, rest)?;
            let exponent = graph.apply("floor_divide", &[rest, parts])?;
            rest = graph.sub(rest, exponent)?;
            let exponent = graph.cast(exponent, float)?;
            let factor = graph.apply("exp2", &[exponent])?;
            out = graph.mul(out, factor)?;
        }
        graph.cast(out, result)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("").f32(&[2, 3], -2.0, 2.0).with(DType::I32, &[3], [0.0, -3.0, 5.0]),
            Sample::new("").with(DType::F32, &[2], [1e-30, 1e30]).with(DType::I64, &[2], [200.0, -200.0]).kink(),
            Sample::new("").with(DType::I32, &[2], [3.0, -1.0]).with(DType::U8, &[], [4.0]),
            Sample::new("").f32(&[0], 0.0, 1.0).with(DType::I32, &[0], []),
        ]
    }
}
