//! What ops share that draw one number for each element of their parameters: a file gives [`Elements`], [`Each`] makes the op.

use super::distribution::{check_seed, seeds};
use crate::{Define, Lower, Lowered, Param, Sample, def, for_dtype};
use kerosene_ir::{DType, Error, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::{Kernel, philox};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The random words of one element: as many as it asks for.
pub struct Source {
    key: [u32; 2],
    batch: u64,
    words: [u32; philox::WORDS],
    next: usize,
}

impl Source {
    /// The words of element `place`.
    fn new(key: [u32; 2], place: usize) -> Self {
        // Each element has 2²⁴ batches of its own.
        let batch = (place as u64) << 24;
        Self { key, batch, words: philox::words(key, batch), next: 0 }
    }

    fn word(&mut self) -> u32 {
        if self.next == philox::WORDS {
            self.batch += 1;
            (self.words, self.next) = (philox::words(self.key, self.batch), 0);
        }
        self.next += 1;
        self.words[self.next - 1]
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        let (low, high) = (self.word(), self.word());
        philox::unit_f64(low, high)
    }

    /// A number of the standard normal distribution (Box & Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// What the file of such a distribution has to say; its fields are its attributes.
pub trait Elements: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The distribution in words.
    const DOC: &'static str;
    /// The seed and one or two parameters of one shape and float dtype.
    const INPUTS: &'static [&'static str];
    /// Attributes.
    const PARAMS: &'static [Param];
    /// Which of the seed's streams.
    fn stream(&self) -> u32 {
        0
    }
    /// A number for the parameters of one element (the second is 0 where there is one).
    fn draw(&self, parameters: [f64; 2], source: &mut Source) -> f64;
    /// Attributes and parameters for the laws.
    fn cases() -> Vec<(&'static str, Vec<Vec<f64>>)>;
}

/// A random tensor by elements as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Each<E: Elements>(E);

impl<E: Elements> Op for Each<E> {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        check_seed(E::NAME, inputs[0])?;
        let mut out = inputs[1].clone();
        for other in &inputs[1..] {
            let fits = other.dtype == out.dtype && other.rank() == out.rank() && out.dtype.is_float();
            let same = out.shape.iter().zip(&other.shape).all(|(a, b)| a.is_none() || b.is_none() || a == b);
            if !(fits && same) {
                let names = E::INPUTS[1..].join(" and ");
                let specs: Vec<_> = inputs[1..].iter().map(|s| s.to_string()).collect();
                let got = specs.join(" and ");
                let who = E::NAME;
                return Err(Error::value(format!(
                    "{who}: {names} must be floats of one shape and dtype, but are {got}."
                )));
            }
            for (d, known) in out.shape.iter_mut().zip(&other.shape) {
                *d = d.or(*known);
            }
        }
        Ok(vec![out])
    }

    fn traits(&self) -> Traits {
        Traits { keep: true, ..Traits::default() }
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None; cx.inputs.len()])
    }
}

/// A float as float64.
fn widen(x: impl Into<f64>) -> f64 {
    x.into()
}

impl<E: Elements> Lower for Each<E> {
    fn lower(&self, _: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let len: usize = outputs[0].dims(E::NAME)?.iter().product();
        let (op, second) = (self.0.clone(), E::INPUTS.len() > 2);
        Ok(Lowered::Kernel(for_dtype!(float, E::NAME, outputs[0].dtype, T => Kernel::new(move |io| {
            // SAFETY: the plan gives a seed, parameters and an output of `len` elements.
            let (mut key, first, out) = unsafe { (seeds(io, 0), io.input::<T>(1, len), io.output::<T>(0, len)) };
            // SAFETY: as above.
            let other = if second { unsafe { io.input::<T>(2, len) } } else { first };
            key[1] ^= op.stream().wrapping_mul(0x9E37_79B9);
            for (i, o) in out.iter_mut().enumerate() {
                let parameters = [widen(first[i]), if second { widen(other[i]) } else { 0.0 }];
                *o = op.draw(parameters, &mut Source::new(key, i)) as T;
            }
        }))))
    }
}

impl<E: Elements> Define for Each<E> {
    const NAME: &'static str = E::NAME;
    const DOC: &'static str = E::DOC;
    const INPUTS: &'static [&'static str] = E::INPUTS;
    const PARAMS: &'static [Param] = E::PARAMS;

    fn samples() -> Vec<Sample> {
        let case = |(attrs, parameters): (&str, Vec<Vec<f64>>)| {
            let sample = Sample::new(attrs).with(DType::U32, &[2], [1.0, 4_294_967_295.0]);
            let sample = parameters.into_iter().fold(sample, |s, p| s.with(DType::F32, &[p.len()], p));
            sample.kink()
        };
        E::cases().into_iter().map(case).collect()
    }
}
