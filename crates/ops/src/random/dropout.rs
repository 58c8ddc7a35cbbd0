//! x with some elements put to zero at random

use super::distribution::{check_seed, seeds};
use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::{Kernel, philox};
use serde::{Deserialize, Serialize};

/// x with some elements put to zero at random
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    fn scale(&self) -> f64 {
        1.0 / (1.0 - self.rate)
    }
}

impl Op for Dropout {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        check_seed(Self::NAME, inputs[1])?;
        if !(0.0..=1.0).contains(&self.rate) {
            return Err(Error::value(format!("dropout: the rate must be in [0, 1], but is {}.", self.rate)));
        }
        if !inputs[0].dtype.is_float() {
            return Err(Error::dtype(format!("dropout: x must be floating, but is {}.", inputs[0])));
        }
        Ok(vec![inputs[0].clone()])
    }

    /// At rate 0 there is nothing to do. Otherwise the planner takes the expansion: the op and its derivative share one mask,
    /// and the rest fuses with the ops around.
    fn traits(&self) -> Traits {
        Traits { alias: self.rate == 0.0, open: self.rate != 0.0, ..Traits::default() }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let mut formula = || {
            let shape = graph.spec(inputs[0]).dims(Self::NAME)?.to_vec();
            let attrs = serde_json::json!({ "shape": shape, "p": 1.0 - self.rate }).to_string();
            let keep = graph.op("random_bernoulli", &attrs, &[inputs[1]])?;
            let scaled = graph.scale(inputs[0], self.scale())?;
            let zero = graph.number(0.0, scaled)?;
            graph.select(keep, scaled, zero).map(|v| vec![v])
        };
        Some(formula())
    }

    /// The same places are kept and scaled: the op itself, of the gradient.
    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, attrs) = (cx.grad(), self.attrs());
        Ok(vec![Some(cx.graph.op(Self::NAME, &attrs, &[g, cx.inputs[1]])?), None])
    }
}

impl Lower for Dropout {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        if self.rate == 0.0 {
            return Ok(Lowered::Alias);
        }
        let len = inputs[0].dims(Self::NAME)?.iter().product();
        let (keep, scale) = (philox::chance(1.0 - self.rate), self.scale());
        Ok(Lowered::Kernel(for_dtype!(float, Self::NAME, inputs[0].dtype, T => {
            let scale = scale as T;
            Kernel::new(move |io| {
                // SAFETY: the plan gives buffers of these specs.
                let (x, key, out) = unsafe { (io.input::<T>(0, len), seeds(io, 1), io.output::<T>(0, len)) };
                philox::generate(io.pool, key, out, 2 * philox::WORDS, #[inline(always)] |words, at, out| {
                    for ((o, h), &x) in out.iter_mut().zip(philox::halves(words)).zip(&x[at..]) {
                        *o = if h < keep { x * scale } else { 0.0 };
                    }
                });
            })
        })))
    }
}

impl Define for Dropout {
    const NAME: &'static str = "dropout";
    const DOC: &'static str = "Each element of x becomes 0 with probability `rate` and is multiplied by 1 / (1 − rate) otherwise; \
        which ones is a function of `seed` and their place alone. \
        The probability is a multiple of 2⁻¹⁶.";
    const INPUTS: &'static [&'static str] = &["x", "seed"];
    const PARAMS: &'static [Param] = &[param("rate", "number", "", "The probability of 0, in [0, 1].")];
    const PROMOTE: Promote = Promote::None;

    fn samples() -> Vec<Sample> {
        let case = |rate: &str, shape: &[usize]| {
            Sample::new(format!(r#"{{"rate":{rate}}}"#)).f32(shape, -1.0, 1.0).with(DType::U32, &[2], [3.0, 5.0])
        };
        vec![
            case("0.5", &[3, 70]),
            case("0.25", &[5]),
            case("0", &[4]),
            case("1", &[4]),
            case("0.5", &[]),
            case("0.5", &[0, 3]),
        ]
    }
}
