//! Random numbers of the normal distribution within two deviations

use super::prelude::*;

/// Random numbers of the normal distribution within two deviations
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruncatedNormal {
    shape: Vec<usize>,
    #[serde(default)]
    mean: f64,
    #[serde(default = "one")]
    stddev: f64,
    #[serde(default = "float32")]
    dtype: String,
}

fn one() -> f64 {
    1.0
}

/// erf(√2), the share of the distribution that is kept.
const SHARE: f64 = 0.954_499_736_103_641_6;

/// The inverse error function on [−0.9545, 0.9545].
///
/// Source: Giles, *Approximating the erfinv function*, GPU Computing Gems, 2011 (the central branch).
#[inline(always)]
fn erfinv(x: f32) -> f32 {
    const C: [f32; 9] = [
        2.810_226_4e-8,
        3.432_739_4e-7,
        -3.523_387_7e-6,
        -4.391_506_5e-6,
        2.185_808_7e-4,
        -1.253_725e-3,
        -4.177_681_6e-3,
        2.466_407_3e-1,
        1.501_409_4,
    ];
    let w = -Real::ln((1.0 - x) * (1.0 + x)) - 2.5;
    C.iter().fold(0.0, |p, &c| p * w + c) * x
}

impl Distribution for TruncatedNormal {
    const NAME: &'static str = "truncated_normal";
    const DOC: &'static str = "Numbers of the normal distribution, none further from the mean than two deviations `stddev` (their own \
        deviation is 0.88 · `stddev`), functions of `seed` and their place alone.";
    const PARAMS: &'static [Param] = &[
        SHAPE,
        param("mean", "number", "0", "The mean."),
        param("stddev", "number", "1", "The standard deviation before the tails are cut off."),
        DTYPE,
    ];

    fn result(&self) -> (&[usize], &str) {
        (&self.shape, &self.dtype)
    }

    fn kernel(&self, dtype: DType, len: usize) -> Result<Kernel> {
        let (mean, deviation) = (self.mean, self.stddev);
        Ok(match dtype {
            DType::F32 => {
                let (mean, deviation) = (mean as f32, deviation as f32);
                generator(
                    len,
                    64,
                    #[inline(always)]
                    move |w, out| {
                        for (o, &w) in out.iter_mut().zip(w) {
                            let u = (2.0 * philox::unit(w) - (1.0 - 1.0 / 16_777_216.0)) * SHARE as f32;
                            *o = mean + deviation * (std::f32::consts::SQRT_2 * erfinv(u)).clamp(-2.0, 2.0);
                        }
                    },
                )
            }
            DType::F64 => generator(len, 32, move |w, out| {
                for (o, w) in out.iter_mut().zip(w.chunks_exact(2)) {
                    let u = (2.0 * philox::unit_f64(w[0], w[1]) - 1.0) * SHARE;
                    let mut x = f64::from(erfinv(u as f32));
                    // Newton's steps from single precision.
                    for _ in 0..2 {
                        x -= (Real::erf(x) - u) * (x * x).exp() / std::f64::consts::FRAC_2_SQRT_PI;
                    }
                    *o = mean + deviation * (std::f64::consts::SQRT_2 * x).clamp(-2.0, 2.0);
                }
            }),
            d => return Err(crate::elementwise::operand::unsupported(Self::NAME, d)),
        })
    }

    fn cases() -> Vec<&'static str> {
        vec![
            r#"{"shape":[3,70]}"#,
            r#"{"shape":[5],"mean":-2,"stddev":0.1}"#,
            r#"{"shape":[33],"dtype":"float64"}"#,
            r#"{"shape":[]}"#,
            r#"{"shape":[0,2]}"#,
        ]
    }
}
