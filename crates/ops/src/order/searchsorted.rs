//! Where numbers belong in an ordered list

use super::prelude::*;

/// Where numbers belong in an ordered list
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSorted {
    #[serde(default)]
    right: bool,
}

impl Op for SearchSorted {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        if inputs[0].rank() != 1 {
            return Err(Error::value(format!("searchsorted: expected one ordered list, but got {}.", inputs[0])));
        }
        Ok(vec![inputs[1].with_dtype(DType::I32)])
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None, None])
    }
}

impl Lower for SearchSorted {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let n = inputs[0].dims(Self::NAME)?[0];
        let (count, right) = (inputs[1].dims(Self::NAME)?.iter().product(), self.right);
        Ok(Lowered::Kernel(for_dtype!(all, Self::NAME, inputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (list, values, out) =
                unsafe { (io.input::<T>(0, n), io.input::<T>(1, count), io.output::<i32>(0, count)) };
            for (o, v) in out.iter_mut().zip(values) {
                let before = |x: &T| match order(x, v) {
                    Ordering::Less => true,
                    Ordering::Equal => right,
                    Ordering::Greater => false,
                };
                *o = list.partition_point(before) as i32;
            }
        }))))
    }
}

impl Define for SearchSorted {
    const NAME: &'static str = "searchsorted";
    const DOC: &'static str = "For each of the values its place in an ascending list, so that it stays in order (int32): before equal \
        elements, or after them when `right`.";
    const INPUTS: &'static [&'static str] = &["sortedSequence", "values"];
    const PARAMS: &'static [Param] = &[param("right", "boolean", "false", "Whether equal elements come before.")];
    const PROMOTE: Promote = Promote::Common(0);

    fn samples() -> Vec<Sample> {
        let list = [-1.0, 0.0, 0.0, 2.5];
        let values = [0.0, -2.0, 3.0, 2.5, f64::NAN, 1.0];
        vec![
            Sample::new("{}").with(DType::F32, &[4], list).with(DType::F32, &[2, 3], values),
            Sample::new(r#"{"right":true}"#).with(DType::F32, &[4], list).with(DType::F32, &[6], values),
            Sample::new("{}").with(DType::I32, &[3], [1.0, 2.0, 2.0]).with(DType::I64, &[], [2.0]),
            Sample::new("{}").f32(&[0], 0.0, 1.0).f32(&[2], 0.0, 1.0),
            Sample::new("{}").f32(&[2], 0.0, 1.0).f32(&[0], 0.0, 1.0),
        ]
    }
}
