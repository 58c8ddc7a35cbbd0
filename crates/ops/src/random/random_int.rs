//! Random integers

use super::prelude::*;

/// Random integers
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomInt {
    shape: Vec<usize>,
    minval: i64,
    maxval: i64,
    #[serde(default = "int32")]
    dtype: String,
}

fn int32() -> String {
    "int32".into()
}

impl Distribution for RandomInt {
    const NAME: &'static str = "random_int";
    const DOC: &'static str =
        "Integers of [`minval`, `maxval`), each as likely, functions of `seed` and their place alone (Philox).";
    const PARAMS: &'static [Param] = &[
        SHAPE,
        param("minval", "number", "", "The least value."),
        param("maxval", "number", "", "The bound that is not reached."),
        param("dtype", "DType", "\"int32\"", "The dtype of the result."),
    ];

    fn result(&self) -> (&[usize], &str) {
        (&self.shape, &self.dtype)
    }

    fn check(&self) -> Result<()> {
        if self.minval < self.maxval {
            return Ok(());
        }
        let (low, high) = (self.minval, self.maxval);
        Err(Error::value(format!("random_int: there is no integer from {low} to below {high}.")))
    }

    fn kernel(&self, dtype: DType, len: usize) -> Result<Kernel> {
        let (low, width) = (self.minval, self.maxval.wrapping_sub(self.minval) as u64);
        Ok(for_dtype!(number, Self::NAME, dtype, T => generator(len, 32, move |w, out: &mut [T]| {
            for (o, w) in out.iter_mut().zip(w.chunks_exact(2)) {
                let wide = u64::from(w[1]) << 32 | u64::from(w[0]);
                let step = (u128::from(wide) * u128::from(width)) >> 64;
                *o = low.wrapping_add(step as i64) as T;
            }
        })))
    }

    fn cases() -> Vec<&'static str> {
        vec![
            r#"{"shape":[3,70],"minval":0,"maxval":10}"#,
            r#"{"shape":[5],"minval":-7,"maxval":-6,"dtype":"int64"}"#,
            r#"{"shape":[5],"minval":0,"maxval":256,"dtype":"uint8"}"#,
            r#"{"shape":[5],"minval":0,"maxval":4294967296,"dtype":"uint32"}"#,
            r#"{"shape":[0],"minval":0,"maxval":2}"#,
        ]
    }
}
