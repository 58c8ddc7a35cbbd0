//! The places of the elements in order

use super::prelude::*;

/// The places of the elements in order
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argsort {
    #[serde(default = "last")]
    axis: i64,
    #[serde(default)]
    descending: bool,
}

fn last() -> i64 {
    -1
}

impl Op for Argsort {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        normalize_axis(Self::NAME, self.axis, inputs[0].rank())?;
        Ok(vec![inputs[0].with_dtype(DType::I32)])
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None])
    }
}

impl Lower for Argsort {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let (along, descending) = (Along::new(Self::NAME, inputs[0], self.axis)?, self.descending);
        let Along { n, inner, .. } = along;
        Ok(Lowered::Kernel(for_dtype!(all, Self::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs and the scratch asked for.
            let (x, out, places) =
                unsafe { (io.input::<T>(0, along.len()), io.output::<i32>(0, along.len()), io.scratch::<i32>(n)) };
            for start in along.starts() {
                (0..n).for_each(|i| places[i] = i as i32);
                let at = |i: i32| &x[start + i as usize * inner];
                // Equal elements keep their order: the place decides.
                places.sort_unstable_by(|&i, &j| {
                    let by_value = order(at(i), at(j));
                    (if descending { by_value.reverse() } else { by_value }).then(i.cmp(&j))
                });
                places.iter().enumerate().for_each(|(k, &p)| out[start + k * inner] = p);
            }
        }).with_scratch(n * 4))))
    }
}

impl Define for Argsort {
    const NAME: &'static str = "argsort";
    const DOC: &'static str = "The places of the elements along `axis` in ascending order (int32); equal elements keep their order, NaN \
        comes last. Descending, NaN comes first.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number", "-1", "The axis to sort along."),
        param("descending", "boolean", "false", "Whether the largest comes first."),
    ];

    fn samples() -> Vec<Sample> {
        let ties = [3.0, f64::NAN, 1.0, 3.0, -0.0, 0.0, f64::INFINITY, 1.0];
        vec![
            Sample::new("{}").f32(&[3, 5], -1.0, 1.0),
            Sample::new(r#"{"axis":0,"descending":true}"#).f32(&[4, 3, 2], -1.0, 1.0),
            Sample::new(r#"{"axis":1}"#).with(DType::F32, &[1, 8], ties),
            Sample::new(r#"{"descending":true}"#).with(DType::F32, &[8], ties),
            Sample::new("{}").with(DType::I64, &[2, 2], [3.0, -4.0, 1.0, 1.0]),
            Sample::new(r#"{"axis":0}"#).f32(&[0, 2], -1.0, 1.0),
            Sample::new("{}").f32(&[2, 0], -1.0, 1.0),
        ]
    }
}
