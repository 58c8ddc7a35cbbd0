//! The next number after x towards y

use super::prelude::*;

/// The next number after x towards y
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nextafter {}

impl Formula for Nextafter {
    const NAME: &'static str = "nextafter";
    const DOC: &'static str =
        "The representable number after x1 in the direction of x2, elementwise with numpy's broadcasting. No gradient.";
    const INPUTS: &'static [&'static str] = &["x1", "x2"];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => binary(|x: T, y: T| Special::nextafter(x, y))))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("nextafter(a, b)".into())
    }

    fn samples() -> Vec<Sample> {
        Sample::binary(0.5, 2.0).into_iter().map(Sample::kink).collect()
    }
}
