//! x · Φ(x)

use super::prelude::*;

/// x · Φ(x)
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gelu {
    #[serde(default = "yes")]
    approximate: bool,
}

fn yes() -> bool {
    true
}

impl Compose for Gelu {
    const NAME: &'static str = "gelu";
    const DOC: &'static str =
        "x · Φ(x) with the normal distribution Φ, elementwise; approximately 0.5x(1 + tanh(√(2/π)(x + 0.044715x³))).";
    const PARAMS: &'static [Param] = &[param("approximate", "boolean", "true", "Use the formula with tanh.")];

    fn compose(&self, graph: &mut Graph, inputs: &[Value]) -> Result<Value> {
        let x = inputs[0];
        let inner = if self.approximate {
            let square = graph.mul(x, x)?;
            let cube = graph.mul(square, x)?;
            let cube = graph.scale(cube, 0.044715)?;
            let sum = graph.add(x, cube)?;
            let scaled = graph.scale(sum, (2.0 / std::f64::consts::PI).sqrt())?;
            graph.apply("tanh", &[scaled])?
        } else {
            let scaled = graph.scale(x, std::f64::consts::FRAC_1_SQRT_2)?;
            graph.apply("erf", &[scaled])?
        };
        let weight = graph.shift(inner, 1.0)?;
        let half = graph.scale(x, 0.5)?;
        graph.mul(half, weight)
    }

    fn samples() -> Vec<Sample> {
        let exact = |mut s: Sample| {
            s.attrs = r#"{"approximate":false}"#.into();
            s
        };
        Sample::unary(-3.0, 3.0).into_iter().flat_map(|s| [s.clone(), exact(s)]).collect()
    }
}
