//! The places along an axis

use super::prelude::*;

/// The places along an axis
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Iota {
    shape: Vec<usize>,
    #[serde(default)]
    axis: i64,
    #[serde(default = "int32")]
    dtype: String,
}

fn int32() -> String {
    "int32".into()
}

impl Op for Iota {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, _: &[&Spec]) -> Result<Vec<Spec>> {
        normalize_axis(Self::NAME, self.axis, self.shape.len())?;
        let out = Spec::known(self.dtype.parse()?, &self.shape);
        match out.len() {
            Some(_) => Ok(vec![out]),
            None => Err(Error::value(format!("iota: {out} is too large."))),
        }
    }

    fn traits(&self) -> Traits {
        Traits { keep: true, ..Traits::default() }
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![])
    }
}

impl Lower for Iota {
    fn lower(&self, _: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let axis = normalize_axis(Self::NAME, self.axis, self.shape.len())?;
        let (n, inner): (usize, usize) = (self.shape[axis], self.shape[axis + 1..].iter().product());
        let len: usize = self.shape.iter().product();
        Ok(Lowered::Kernel(for_dtype!(number, Self::NAME, outputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives a buffer of this spec.
            let out = unsafe { io.output::<T>(0, len) };
            for (i, row) in out.chunks_exact_mut(inner.max(1)).enumerate() {
                row.fill((i % n) as T);
            }
        }))))
    }
}

impl Define for Iota {
    const NAME: &'static str = "iota";
    const DOC: &'static str = "A tensor whose elements are their own places along `axis`: 0, 1, 2, …";
    const INPUTS: &'static [&'static str] = &[];
    const PARAMS: &'static [Param] = &[
        param("shape", "number[]", "", "The shape of the result."),
        param("axis", "number", "0", "The axis to count along."),
        param("dtype", "DType", "\"int32\"", "The dtype of the result."),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"shape":[5]}"#),
            Sample::new(r#"{"shape":[2,3],"axis":1,"dtype":"float32"}"#),
            Sample::new(r#"{"shape":[2,3],"axis":0,"dtype":"int64"}"#),
            Sample::new(r#"{"shape":[0,3],"axis":-1}"#),
        ]
    }
}
