//! The discrete Fourier transform

use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param};
use kerosene_ir::{DType, Error, Op, Result, Spec, Value, Vjp};
use kerosene_kernels::{Kernel, fft};
use serde::{Deserialize, Serialize};

/// The discrete Fourier transform
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fft {
    #[serde(default)]
    inverse: bool,
}

impl Op for Fft {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (re, im) = (inputs[0], inputs[1]);
        let differ = re.shape.iter().zip(&im.shape).any(|(a, b)| matches!((a, b), (Some(a), Some(b)) if a != b));
        if re.rank() == 0 || re.rank() != im.rank() || differ || re.dtype != im.dtype {
            return Err(Error::value(format!(
                "fft: expected real and imaginary parts of one shape, but got {re} and {im}."
            )));
        }
        let shape = re.shape.iter().zip(&im.shape).map(|(a, b)| a.or(*b));
        Ok(vec![Spec::new(re.dtype, [Some(2)].into_iter().chain(shape))])
    }

    /// The transform is linear, and its transpose is the one with the other sign.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let g = cx.grad();
        let parts = |cx: &mut Vjp<'_>, x: Value| -> Result<[Value; 2]> {
            let shape = cx.graph.spec(x).shape.clone();
            let mut one = |i: usize| {
                let start: Vec<usize> = (0..shape.len()).map(|d| if d == 0 { i } else { 0 }).collect();
                let size: Vec<_> = (0..shape.len()).map(|d| if d == 0 { Some(1) } else { shape[d] }).collect();
                let attrs = serde_json::json!({ "start": start, "size": size }).to_string();
                let part = cx.graph.op("slice", &attrs, &[x])?;
                cx.graph.reshape(part, &shape[1..])
            };
            Ok([one(0)?, one(1)?])
        };
        let g = parts(cx, g)?;
        let attrs = serde_json::json!({ "inverse": !self.inverse }).to_string();
        let d = cx.graph.op(Self::NAME, &attrs, &g)?;
        let [re, im] = parts(cx, d)?;
        Ok(vec![Some(re), Some(im)])
    }
}

impl Lower for Fft {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let dims = inputs[0].dims(Self::NAME)?;
        let (len, n) = (dims.iter().product(), dims[dims.len() - 1]);
        let kernel: Kernel = match inputs[0].dtype {
            DType::F32 => fft::fft_f32(len, n, self.inverse),
            DType::F64 => fft::fft_f64(len, n, self.inverse),
            d => return Err(Error::dtype(format!("fft: expected floats, but got {d}."))),
        };
        Ok(Lowered::Kernel(kernel))
    }
}

impl Define for Fft {
    const NAME: &'static str = "fft_packed";
    const DOC: &'static str = "The discrete Fourier transform Σ zₖ e^(−2πi jk / n) along the last axis, of real and imaginary parts: both \
        parts of the result on a new first axis. The inverse has the other sign, and is not divided by n.";
    const INPUTS: &'static [&'static str] = &["real", "imag"];
    const PARAMS: &'static [Param] = &[param("inverse", "boolean", "false", "Whether the sign of the exponent is +.")];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let case = |attrs: &str, shape: &[usize]| Sample::new(attrs).f32(shape, -1.0, 1.0).f32(shape, -1.0, 1.0);
        vec![
            case("{}", &[2, 4]),
            case(r#"{"inverse":true}"#, &[5]),
            case("{}", &[2, 2, 7]),
            case("{}", &[1]),
            case("{}", &[3, 0]),
            case("{}", &[0, 3]),
        ]
    }
}
