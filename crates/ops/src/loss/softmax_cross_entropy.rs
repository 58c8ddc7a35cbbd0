//! −Σ t · ln softmax(x) of each row

use super::{labels::unify, prelude::*};

/// −Σ t · ln softmax(x) of each row
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftmaxCrossEntropy {}

/// Checks that targets and logits are of one shape, and gives it.
pub fn common(who: &str, target: &Spec, logits: &Spec) -> Result<Spec> {
    if !logits.dtype.is_float() || target.dtype != logits.dtype {
        return Err(Error::dtype(format!(
            "{who}: targets {target} and logits {logits} must be of one floating dtype."
        )));
    }
    match unify(&target.shape, &logits.shape) {
        Some(shape) if !shape.is_empty() => Ok(Spec { dtype: logits.dtype, shape }),
        _ => {
            Err(Error::value(format!("{who}: targets {target} and logits {logits} must have one shape (…, classes).")))
        }
    }
}

impl Op for SoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let mut out = common(Self::NAME, inputs[0], inputs[1])?;
        out.shape.pop();
        Ok(vec![out])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let (t, x) = (inputs[0], inputs[1]);
        let mut formula = || {
            let log = graph.apply("log_softmax", &[x])?;
            let zero = graph.number(0.0, t)?;
            let none = graph.apply("equal", &[t, zero])?;
            let product = graph.mul(t, log)?;
            // A class without weight counts for nothing, even where its probability is 0.
            let product = graph.select(none, zero, product)?;
            let sum = graph.op("sum", r#"{"axis":-1}"#, &[product])?;
            graph.sub(zero, sum).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, t, x) = (cx.grad(), cx.inputs[0], cx.inputs[1]);
        let mut out = vec![None, None];
        if cx.needs[0] {
            let log = cx.graph.apply("log_softmax", &[x])?;
            let g = cx.graph.op("expand_dims", r#"{"axis":-1}"#, &[g])?;
            let d = cx.graph.mul(g, log)?;
            out[0] = Some(cx.graph.neg(d)?);
        }
        if cx.needs[1] {
            out[1] = Some(cx.graph.apply("softmax_cross_entropy_gradient", &[t, x, g])?);
        }
        Ok(out)
    }
}

impl Lower for SoftmaxCrossEntropy {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let dims = inputs[1].dims(Self::NAME)?;
        let (classes, rows) = (dims[dims.len() - 1], dims[..dims.len() - 1].iter().product::<usize>());
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[1].dtype, T => Kernel::new(move |io| {
            let len = rows * classes;
            // SAFETY: the plan gives buffers of these specs.
            let (t, x, out) = unsafe { (io.input::<T>(0, len), io.input::<T>(1, len), io.output::<T>(0, rows)) };
            for_rows(io.pool, out, 1, 4 * classes, #[inline(always)] |i, out| {
                let row = i * classes..(i + 1) * classes;
                let (t, x) = (&t[row.clone()], &x[row]);
                let (top, sum) = exponential_sum(x);
                let shift = Real::ln(sum);
                out[0] = 0.0;
                for (&t, &v) in t.iter().zip(x) {
                    out[0] -= if t == 0.0 { 0.0 } else { t * (v - top - shift) };
                }
            });
        }))))
    }
}

impl Define for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";
    const DOC: &'static str = "For each row of targets t and logits x, both (…, classes), −Σ t · ln softmax(x): (…).";
    const INPUTS: &'static [&'static str] = &["target", "logits"];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        samples()
    }
}

/// Targets and logits.
pub fn samples() -> Vec<Sample> {
    vec![
        Sample::new("").f32(&[3, 5], 0.0, 1.0).f32(&[3, 5], -2.0, 2.0),
        Sample::new("").with(DType::F32, &[2, 3], [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]).f32(&[2, 3], -2.0, 2.0),
        Sample::new("").f32(&[2, 2, 3], 0.0, 1.0).f32(&[2, 2, 3], -2.0, 2.0),
        Sample::new("").f32(&[3], 0.0, 1.0).f32(&[3], -2.0, 2.0),
        Sample::new("").with(DType::F32, &[1, 2], [0.0, 1.0]).with(DType::F32, &[1, 2], [900.0, -900.0]).kink(),
        Sample::new("").f32(&[0, 3], 0.0, 1.0).f32(&[0, 3], -2.0, 2.0),
    ]
}
