//! −ln softmax(x) at the class of each row

use super::{labels::*, prelude::*};

/// −ln softmax(x) at the class of each row
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SparseSoftmaxCrossEntropy(Ignoring);

impl Op for SparseSoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let shape = self.0.rows(Self::NAME, inputs[0], inputs[1])?;
        Ok(vec![Spec { dtype: inputs[1].dtype, shape }])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let masks = self.0.masks(graph, inputs[0], inputs[1])?;
            let log = graph.apply("log_softmax", &[inputs[1]])?;
            let zero = graph.number(0.0, log)?;
            let nan = graph.number(f64::NAN, log)?;
            let picked = graph.select(masks.hit, log, zero)?;
            let sum = graph.op("sum", r#"{"axis":-1}"#, &[picked])?;
            let loss = graph.sub(zero, sum)?;
            let loss = graph.select(masks.outside, nan, loss)?;
            graph.select(masks.ignored, zero, loss).map(|v| vec![v])
        };
        Some(formula())
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, attrs) = (cx.grad(), self.attrs());
        let inputs = [cx.inputs[0], cx.inputs[1], g];
        Ok(vec![None, Some(cx.graph.op("sparse_softmax_cross_entropy_gradient", &attrs, &inputs)?)])
    }
}

impl Lower for SparseSoftmaxCrossEntropy {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let (dims, index) = (inputs[1].dims(Self::NAME)?, inputs[0].dtype);
        let (classes, rows) = (dims[dims.len() - 1], dims[..dims.len() - 1].iter().product::<usize>());
        let ignoring = self.0.clone();
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[1].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, out) = unsafe { (io.input::<T>(1, rows * classes), io.output::<T>(0, rows)) };
            let labels = io.inputs[0] as usize;
            for_rows(io.pool, out, 1, 4 * classes, #[inline(always)] |i, out| {
                let x = &x[i * classes..(i + 1) * classes];
                // SAFETY: there is one label for each row.
                out[0] = match unsafe { ignoring.label(labels as *const u8, index, i, classes) } {
                    Label::Ignored => 0.0,
                    Label::Outside => T::NAN,
                    Label::Class(c) => {
                        let (top, sum) = exponential_sum(x);
                        Real::ln(sum) - (x[c] - top)
                    }
                };
            });
        }))))
    }
}

impl Define for SparseSoftmaxCrossEntropy {
    const NAME: &'static str = "sparse_softmax_cross_entropy";
    const DOC: &'static str = "For each row of logits (…, classes) and its integer label (…), −ln softmax(logits)[label]: (…). \
        A label that is no class gives NaN.";
    const INPUTS: &'static [&'static str] = &["labels", "logits"];
    const PARAMS: &'static [Param] = &[IGNORE_CLASS];

    fn samples() -> Vec<Sample> {
        samples()
    }
}
