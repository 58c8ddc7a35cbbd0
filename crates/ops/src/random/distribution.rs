//! What ops that make random tensors share: a file gives the [`Distribution`], [`Random`] makes the op of it.

use crate::{Define, Lower, Lowered, Param, Sample, def, def::param};
use kerosene_ir::{DType, Error, Op, Result, Spec, Traits, Value, Vjp};
use kerosene_kernels::{Io, Kernel, philox};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The parameter that gives the shape.
pub const SHAPE: Param = param("shape", "number[]", "", "The shape of the result.");
/// The parameter that gives the dtype.
pub const DTYPE: Param = param("dtype", "DType", "\"float32\"", "The dtype of the result.");

/// The dtype when none is asked for.
pub fn float32() -> String {
    "float32".into()
}

/// What the file of a distribution has to say; its fields are its attributes.
pub trait Distribution: Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The distribution in words.
    const DOC: &'static str;
    /// Attributes.
    const PARAMS: &'static [Param];
    /// Shape and dtype of the result.
    fn result(&self) -> (&[usize], &str);
    /// An error when the attributes do not make sense.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// The kernel that fills `len` elements.
    fn kernel(&self, dtype: DType, len: usize) -> Result<Kernel>;
    /// An element of this dtype as an expression in C++ of the seed `a` and its place `i`, where that gives the same bits.
    fn expression(&self, _dtype: DType) -> Option<String> {
        None
    }
    /// Attributes for the laws.
    fn cases() -> Vec<&'static str>;
}

/// A random tensor as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Random<D: Distribution>(D);

/// An error unless this is a seed.
pub fn check_seed(who: &str, seed: &Spec) -> Result<()> {
    let fits = seed.dtype == DType::U32 && seed.rank() == 1 && matches!(seed.shape[0], None | Some(2));
    if fits {
        return Ok(());
    }
    Err(Error::value(format!("{who}: the seed must be uint32(2,), but is {seed}.")))
}

/// The seed in input `i`.
///
/// # Safety
/// The input holds two `u32`.
pub unsafe fn seeds(io: &Io<'_>, i: usize) -> [u32; 2] {
    // SAFETY: the caller vouches for it.
    unsafe { io.inputs[i].cast::<[u32; 2]>().read_unaligned() }
}

/// The kernel that makes `per` elements of each batch of words.
pub fn generator<T: Send + Sync + 'static>(
    len: usize,
    per: usize,
    make: impl Fn(&[u32; philox::WORDS], &mut [T]) + Copy + Send + Sync + 'static,
) -> Kernel {
    Kernel::new(move |io| {
        // SAFETY: the plan gives a seed and an output of `len` elements.
        let (key, out) = unsafe { (seeds(io, 0), io.output::<T>(0, len)) };
        philox::generate(
            io.pool,
            key,
            out,
            per,
            #[inline(always)]
            |words, _, out| make(words, out),
        );
    })
}

impl<D: Distribution> Op for Random<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        check_seed(D::NAME, inputs[0])?;
        self.0.check()?;
        let (shape, dtype) = self.0.result();
        let out = Spec::known(dtype.parse()?, shape);
        match out.len() {
            Some(_) => Ok(vec![out]),
            None => Err(Error::value(format!("{}: {out} is too large.", D::NAME))),
        }
    }

    fn traits(&self) -> Traits {
        Traits { keep: true, placed: true, ..Traits::default() }
    }

    fn vjp(&self, _: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        Ok(vec![None])
    }
}

impl<D: Distribution> Lower for Random<D> {
    fn lower(&self, _: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let len = outputs[0].dims(D::NAME)?.iter().product();
        self.0.kernel(outputs[0].dtype, len).map(Lowered::Kernel)
    }

    fn expression(&self, _: &[&Spec], output: &Spec) -> Option<String> {
        self.0.expression(output.dtype)
    }
}

impl<D: Distribution> Define for Random<D> {
    const NAME: &'static str = D::NAME;
    const DOC: &'static str = D::DOC;
    const INPUTS: &'static [&'static str] = &["seed"];
    const PARAMS: &'static [Param] = D::PARAMS;

    fn samples() -> Vec<Sample> {
        let seed = [1.0, 4_294_967_295.0];
        D::cases().into_iter().map(|attrs| Sample::new(attrs).with(DType::U32, &[2], seed)).collect()
    }
}
