//! Random numbers of the normal distribution

use super::prelude::*;

/// Random numbers of the normal distribution
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomNormal {
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

/// Two independent normal numbers from two even ones in (0, 1] and [0, 1).
///
/// Source: Box & Muller, *A note on the generation of random normal deviates*, 1958.
#[inline(always)]
fn box_muller<T: Real>(u: T, v: T) -> [T; 2] {
    let radius = Real::sqrt(T::from_f64(-2.0) * u.ln());
    let angle = T::from_f64(std::f64::consts::TAU) * v;
    [radius * angle.cos(), radius * angle.sin()]
}

impl Distribution for RandomNormal {
    const NAME: &'static str = "random_normal";
    const DOC: &'static str =
        "Numbers of the normal distribution, functions of `seed` and their place alone (Philox, Box–Muller).";
    const PARAMS: &'static [Param] = &[
        SHAPE,
        param("mean", "number", "0", "The mean."),
        param("stddev", "number", "1", "The standard deviation."),
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
                        let mut batch = [[0f32; 32]; 2];
                        for k in 0..32 {
                            // All 32 bits of the first, so that the tails reach beyond six deviations.
                            let u = (w[2 * k] as f32 + 0.5) * (1.0 / 4_294_967_296.0);
                            let [a, b] = box_muller(u, philox::unit(w[2 * k + 1]));
                            batch[0][k] = mean + deviation * a;
                            batch[1][k] = mean + deviation * b;
                        }
                        out.iter_mut().enumerate().for_each(|(i, o)| *o = batch[i % 2][i / 2]);
                    },
                )
            }
            DType::F64 => generator(
                len,
                32,
                #[inline(always)]
                move |w, out| {
                    for (out, w) in out.chunks_mut(2).zip(w.chunks_exact(4)) {
                        let pair = box_muller(1.0 - philox::unit_f64(w[0], w[1]), philox::unit_f64(w[2], w[3]));
                        out.iter_mut().zip(pair).for_each(|(o, v)| *o = mean + deviation * v);
                    }
                },
            ),
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
