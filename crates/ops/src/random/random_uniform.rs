//! Random numbers spread evenly

use super::prelude::*;
use kerosene_ir::{BF16, F16, Half};

/// Random numbers spread evenly
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomUniform {
    shape: Vec<usize>,
    #[serde(default)]
    minval: f64,
    #[serde(default = "one")]
    maxval: f64,
    #[serde(default = "float32")]
    dtype: String,
}

fn one() -> f64 {
    1.0
}

impl Distribution for RandomUniform {
    const NAME: &'static str = "random_uniform";
    const DOC: &'static str =
        "Numbers spread evenly over [`minval`, `maxval`), functions of `seed` and their place alone (Philox).";
    const PARAMS: &'static [Param] = &[
        SHAPE,
        param("minval", "number", "0", "The least value."),
        param("maxval", "number", "1", "The bound that is not reached."),
        DTYPE,
    ];

    fn result(&self) -> (&[usize], &str) {
        (&self.shape, &self.dtype)
    }

    fn kernel(&self, dtype: DType, len: usize) -> Result<Kernel> {
        let (low, width, high) = (self.minval, self.maxval - self.minval, self.maxval);
        Ok(match dtype {
            DType::F32 => {
                let (low, width, last) = (low as f32, width as f32, below_f32(low as f32, high as f32));
                generator(
                    len,
                    64,
                    #[inline(always)]
                    move |w, out| {
                        let value = |w| (low + width * philox::unit(w)).min(last);
                        out.iter_mut().zip(w).for_each(|(o, &w)| *o = value(w));
                    },
                )
            }
            DType::F64 => {
                let last = if low < high { high.next_down() } else { high };
                generator(
                    len,
                    32,
                    #[inline(always)]
                    move |w, out| {
                        for (o, w) in out.iter_mut().zip(w.chunks_exact(2)) {
                            *o = (low + width * philox::unit_f64(w[0], w[1])).min(last);
                        }
                    },
                )
            }
            DType::F16 => half::<F16>(len, low, width, high),
            DType::BF16 => half::<BF16>(len, low, width, high),
            d => return Err(crate::elementwise::operand::unsupported(Self::NAME, d)),
        })
    }

    fn expression(&self, dtype: DType) -> Option<String> {
        let (low, width, high) = (self.minval as f32, (self.maxval - self.minval) as f32, self.maxval as f32);
        let bits = |x: f32| format!("as_f32({:#x}u)", x.to_bits());
        let (from, by, last) = (bits(low), bits(width), bits(below_f32(low, high)));
        (dtype == DType::F32).then(|| format!("fmin({from} + {by} * philox_unit(a, i), {last})"))
    }

    fn cases() -> Vec<&'static str> {
        vec![
            r#"{"shape":[3,70]}"#,
            r#"{"shape":[5],"minval":-2,"maxval":-1}"#,
            r#"{"shape":[33],"dtype":"float64"}"#,
            r#"{"shape":[3,70],"dtype":"bfloat16"}"#,
            r#"{"shape":[3,70],"dtype":"float16"}"#,
            r#"{"shape":[]}"#,
            r#"{"shape":[0,2]}"#,
        ]
    }
}

/// The same in 16 bits: drawn as float32, rounded, and below the upper bound all the same.
fn half<H: Half>(len: usize, low: f64, width: f64, high: f64) -> Kernel {
    let (low, width, mut last) = (low as f32, width as f32, high as f32);
    while (low as f64) < high && last > low && H::from_f32(last).to_f32() as f64 >= high {
        last = last.next_down();
    }
    generator(
        len,
        64,
        #[inline(always)]
        move |w, out| {
            out.iter_mut().zip(w).for_each(|(o, &w)| *o = H::from_f32((low + width * philox::unit(w)).min(last)))
        },
    )
}

/// Rounding may reach the upper bound: the largest value that is still below it.
fn below_f32(low: f32, high: f32) -> f32 {
    if low < high { high.next_down() } else { high }
}
