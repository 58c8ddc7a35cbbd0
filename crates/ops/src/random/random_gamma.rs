//! Random numbers of the gamma distribution

use super::elements::{Elements, Source};
use crate::{Param, def::param};
use serde::{Deserialize, Serialize};

/// Random numbers of the gamma distribution
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomGamma {
    #[serde(default)]
    log: bool,
    #[serde(default)]
    stream: u32,
}

impl Elements for RandomGamma {
    const NAME: &'static str = "random_gamma";
    const DOC: &'static str = "A number of the gamma distribution of shape `alpha` and scale 1 for each element of alpha, functions of \
        `seed` and their place alone; NaN where alpha is negative. No gradient. Source: Marsaglia & Tsang, *A simple method for \
        generating gamma variables*, ACM TOMS 26, 2000.";
    const INPUTS: &'static [&'static str] = &["seed", "alpha"];
    const PARAMS: &'static [Param] = &[
        param("log", "boolean", "false", "Whether to give the logarithm, which keeps its digits where alpha is small."),
        param("stream", "number", "0", "Which of the independent streams of numbers of the seed."),
    ];

    fn stream(&self) -> u32 {
        self.stream
    }

    fn draw(&self, [alpha, _]: [f64; 2], source: &mut Source) -> f64 {
        if alpha.is_nan() || alpha < 0.0 {
            return f64::NAN;
        }
        if alpha.is_infinite() {
            return alpha;
        }
        // Below 1 the distribution is that of alpha + 1 times a power of a uniform number.
        let boost = if alpha < 1.0 { (1.0 - source.unit()).ln() / alpha } else { 0.0 };
        let logarithm = above_one(if alpha < 1.0 { alpha + 1.0 } else { alpha }, source).ln() + boost;
        if self.log { logarithm } else { logarithm.exp() }
    }

    fn cases() -> Vec<(&'static str, Vec<Vec<f64>>)> {
        vec![
            ("", vec![vec![0.1, 0.5, 1.0, 2.5, 100.0, 0.0]]),
            (r#"{"log":true,"stream":1}"#, vec![vec![0.001, 3.0]]),
            ("", vec![vec![]]),
        ]
    }
}

/// A number of the distribution for alpha ≥ 1.
fn above_one(alpha: f64, source: &mut Source) -> f64 {
    let d = alpha - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = source.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - source.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}
