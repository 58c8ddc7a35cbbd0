//! Random truths

use super::prelude::*;

/// Random truths
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomBernoulli {
    shape: Vec<usize>,
    p: f64,
}

impl Distribution for RandomBernoulli {
    const NAME: &'static str = "random_bernoulli";
    const DOC: &'static str =
        "True with probability `p` (to a multiple of 2⁻¹⁶), functions of `seed` and their place alone (Philox).";
    const PARAMS: &'static [Param] = &[SHAPE, param("p", "number", "", "The probability of true, in [0, 1].")];

    fn result(&self) -> (&[usize], &str) {
        (&self.shape, "bool")
    }

    fn check(&self) -> Result<()> {
        if (0.0..=1.0).contains(&self.p) {
            return Ok(());
        }
        Err(Error::value(format!("random_bernoulli: the probability must be in [0, 1], but is {}.", self.p)))
    }

    fn kernel(&self, _: DType, len: usize) -> Result<Kernel> {
        let chance = philox::chance(self.p);
        Ok(generator(
            len,
            2 * philox::WORDS,
            #[inline(always)]
            move |w, out| {
                // All of them, of a length the compiler knows: then it is vectors.
                let mut all = [0u8; 2 * philox::WORDS];
                for (o, h) in all.iter_mut().zip(philox::halves(w)) {
                    *o = u8::from(h < chance);
                }
                out.copy_from_slice(&all[..out.len()]);
            },
        ))
    }

    fn expression(&self, _: DType) -> Option<String> {
        Some(format!("philox_half(a, i) < {}u", philox::chance(self.p)))
    }

    fn cases() -> Vec<&'static str> {
        vec![
            r#"{"shape":[3,70],"p":0.5}"#,
            r#"{"shape":[300],"p":0.2}"#,
            r#"{"shape":[],"p":1}"#,
            r#"{"shape":[0,2],"p":0}"#,
        ]
    }
}
