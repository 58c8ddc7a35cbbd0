//! Elements added up at places along an axis, each row with places of its own

use super::{prelude::*, take_along_axis::meet};
use crate::index::place;

/// Elements added up at places along an axis, each row with places of its own
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutAlongAxis {
    #[serde(default = "last")]
    axis: i64,
    size: usize,
}

fn last() -> i64 {
    -1
}

impl Op for PutAlongAxis {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let axis = normalize_axis(Self::NAME, self.axis, inputs[1].rank())?;
        let (_, mut out) = meet(Self::NAME, inputs[1], inputs[0], self.axis)?;
        if matches!((inputs[0].shape[axis], inputs[1].shape[axis]), (Some(a), Some(b)) if a != b) {
            return Err(Error::value(format!("put_along_axis: {} updates for {} indices.", inputs[1], inputs[0])));
        }
        out.shape[axis] = Some(self.size);
        Ok(vec![out])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, indices) = (cx.grad(), cx.inputs[0]);
        let attrs = serde_json::json!({ "axis": self.axis, "zero": true }).to_string();
        Ok(vec![None, Some(cx.graph.op("take_along_axis", &attrs, &[g, indices])?)])
    }
}

impl Lower for PutAlongAxis {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (from, to) =
            (Along::new(Self::NAME, inputs[1], self.axis)?, Along::new(Self::NAME, outputs[0], self.axis)?);
        let index = inputs[0].dtype;
        Ok(Lowered::Kernel(match outputs[0].dtype {
            DType::F32 => kernel(from, to, index, 0f32, |a, b| a + b),
            DType::F64 => kernel(from, to, index, 0f64, |a, b| a + b),
            d => for_dtype!(int, Self::NAME, d, T => kernel(from, to, index, 0, T::wrapping_add)),
        }))
    }
}

/// One thread, in the order of the indices: the bits of a sum depend on its order.
fn kernel<T: Copy + Send + Sync + 'static>(
    from: Along,
    to: Along,
    index: DType,
    zero: T,
    add: impl Fn(T, T) -> T + Copy + Send + Sync + 'static,
) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these specs.
        let (updates, out) = unsafe { (io.input::<T>(1, from.len()), io.output::<T>(0, to.len())) };
        out.fill(zero);
        let stride = from.inner;
        for (start, first) in from.starts().zip(to.starts()) {
            for i in 0..from.n {
                // SAFETY: there is an index for each update.
                let Some(p) = (unsafe { place(io.inputs[0], index, start + i * stride, to.n) }) else { continue };
                let o = &mut out[first + p * stride];
                *o = add(*o, updates[start + i * stride]);
            }
        }
    })
}

impl Define for PutAlongAxis {
    const NAME: &'static str = "put_along_axis";
    const DOC: &'static str = "Zeros with `size` elements along `axis`, to which each of the updates is added at its index in its row. \
        Negative indices count from the end; an update whose index is outside goes nowhere.";
    const INPUTS: &'static [&'static str] = &["indices", "updates"];
    const PARAMS: &'static [Param] = &[
        param("axis", "number", "-1", "The axis to add along."),
        param("size", "number", "", "The length of that axis in the result."),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"size":3}"#).with(DType::I32, &[2, 4], [0.0, 2.0, 1.0, 2.0, 1.0, 1.0, 0.0, 0.0]).f32(
                &[2, 4],
                -1.0,
                1.0,
            ),
            Sample::new(r#"{"axis":0,"size":2}"#).with(DType::I64, &[1, 3], [1.0, 0.0, 1.0]).f32(&[1, 3], -1.0, 1.0),
            Sample::new(r#"{"size":2}"#).with(DType::I32, &[3], [-1.0, 2.0, -3.0]).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"size":2}"#).with(DType::I32, &[2, 0], []).f32(&[2, 0], -1.0, 1.0),
            Sample::new(r#"{"size":1}"#).with(DType::U8, &[2], [0.0, 0.0]).with(DType::U8, &[2], [200.0, 100.0]),
        ]
    }
}
