//! Random numbers of the binomial distribution

use super::elements::{Elements, Source};
use crate::Param;
use serde::{Deserialize, Serialize};

/// Random numbers of the binomial distribution
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomBinomial {}

impl Elements for RandomBinomial {
    const NAME: &'static str = "random_binomial";
    const DOC: &'static str = "How many of `counts` trials succeed, each with probability `probabilities`, for each element; functions of \
        `seed` and their place alone; NaN where the parameters make no sense. No gradient. Source: Hörmann, *The generation of \
        binomial random variates*, Journal of Statistical Computation and Simulation 46, 1993 (BTRS; inversion where few succeed).";
    const INPUTS: &'static [&'static str] = &["seed", "counts", "probabilities"];
    const PARAMS: &'static [Param] = &[];

    fn draw(&self, [n, p]: [f64; 2], source: &mut Source) -> f64 {
        let n = n.floor();
        if !(n.is_finite() && n >= 0.0 && (0.0..=1.0).contains(&p)) {
            return f64::NAN;
        }
        let rare = p.min(1.0 - p);
        let count = match n * rare {
            0.0 => 0.0,
            mean if mean < 10.0 => inversion(n, rare, source),
            _ => rejection(n, rare, source),
        };
        if p > 0.5 { n - count } else { count }
    }

    fn cases() -> Vec<(&'static str, Vec<Vec<f64>>)> {
        vec![
            ("", vec![vec![10.0, 1000.0, 1e6, 0.0, 5.0, 7.0], vec![0.3, 0.9, 0.5, 0.5, 0.0, 1.0]]),
            ("", vec![vec![], vec![]]),
        ]
    }
}

/// Walks up the distribution until a uniform number is used up: for small means.
fn inversion(n: f64, p: f64, source: &mut Source) -> f64 {
    let ratio = p / (1.0 - p);
    let mut share = (n * (-p).ln_1p()).exp();
    let (mut rest, mut k) = (source.unit(), 0.0);
    // Rounding may leave a rest when the shares have become nothing.
    while rest > share && share > 0.0 && k < n {
        rest -= share;
        k += 1.0;
        share *= ratio * (n - k + 1.0) / k;
    }
    k
}

/// Hörmann's BTRS: transformed rejection with a squeeze, for means from 10 on.
fn rejection(n: f64, p: f64, source: &mut Source) -> f64 {
    let deviation = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = n * p + 0.5;
    let v_r = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let odds = (p / (1.0 - p)).ln();
    let m = ((n + 1.0) * p).floor();
    loop {
        let u = source.unit() - 0.5;
        let v = 1.0 - source.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + c).floor();
        if us >= 0.07 && v <= v_r {
            return k;
        }
        if !(0.0..=n).contains(&k) {
            continue;
        }
        let height = (v * alpha / (a / (us * us) + b)).ln();
        let bound = (m + 0.5) * ((m + 1.0) / (n - m + 1.0)).ln() - (m + 0.5) * odds
            + (n + 1.0) * ((n - m + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * ((n - k + 1.0) / (k + 1.0)).ln()
            + (k + 0.5) * odds
            + tail(m)
            + tail(n - m)
            - tail(k)
            - tail(n - k);
        if height <= bound {
            return k;
        }
    }
}

/// ln k! less Stirling's formula for it.
fn tail(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if k < 10.0 {
        return FIRST[k.max(0.0) as usize];
    }
    let square = (k + 1.0) * (k + 1.0);
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / (k + 1.0)
}
