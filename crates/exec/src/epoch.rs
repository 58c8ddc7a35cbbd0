//! A whole pass over a data set in one call: shuffle, gather, step, step, step.

mod device;
mod host;
mod kept;

pub use kept::Kept;

use crate::{Program, threads, variable::byte_size};
use kerosene_ir::{DType, Error, Literal, Result, Spec};
use std::sync::atomic::{AtomicBool, Ordering};

/// One pass over `samples` rows of `data`.
pub struct Epoch<'a> {
    /// The step for whole batches.
    pub program: &'a Program,
    /// The step for the smaller last batch; needed when `samples` is not a multiple of `batch_size`.
    pub tail: Option<&'a Program>,
    /// One address per input: `samples` rows, contiguous.
    pub data: &'a [*const u8],
    /// What of the data stays on a device for further epochs.
    pub kept: &'a Kept,
    /// Rows.
    pub samples: usize,
    /// Rows of a batch.
    pub batch_size: usize,
    /// Rows are visited in the random order of this seed; in their own order without.
    pub shuffle_seed: Option<u64>,
    /// One address per output, `samples` rows each, to keep every batch's outputs (predict). Without, the outputs are scalars.
    pub collect: Option<&'a [*mut u8]>,
    /// At most so many batches.
    pub max_steps: Option<usize>,
}

/// Told after each step how many are done, and how to read the outputs, which may have to wait for the device.
pub type OnStep<'a> = dyn FnMut(usize, &dyn Fn() -> Result<Vec<f64>>) -> Result<()> + 'a;

/// How an epoch ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EpochEnd {
    /// Steps done.
    pub steps: usize,
    /// Whether the flag stopped it.
    pub stopped: bool,
    /// The last step's outputs as numbers (none when they are collected).
    pub logs: Vec<f64>,
}

/// A data set's batches, where a device wants them.
trait Batches {
    /// Runs the program on the rows `first..first + rows` of the order.
    ///
    /// # Safety
    /// As [`Epoch::run`]; the program was checked for so many rows.
    unsafe fn step(&mut self, program: &Program, first: usize, rows: usize) -> Result<()>;

    /// The last step's outputs as numbers; none when they are collected.
    fn numbers(&self) -> Result<Vec<f64>>;

    /// After the last step: what is collected is all there.
    fn end(&mut self) -> Result<()>;
}

impl Epoch<'_> {
    /// Runs the epoch. `stop` is looked at before each batch; `on_step` is called after each with the number of steps done and
    /// a way to read the outputs.
    ///
    /// # Errors
    /// When the programs do not fit the data, or a step fails.
    ///
    /// # Safety
    /// Each address of `data` and `collect` holds `samples` rows of its input's or output's spec, and nobody writes to the data
    /// or touches the collected rows meanwhile. Between epochs with the same `kept` nobody writes to
    /// the data either.
    pub unsafe fn run(&self, stop: &AtomicBool, on_step: &mut OnStep<'_>) -> Result<EpochEnd> {
        self.check()?;
        let pool = threads::pool();
        let order = self.shuffle_seed.map(|seed| permutation(self.samples, seed)).transpose()?;
        match self.program.on_candle() {
            // SAFETY: passed on.
            None => unsafe { self.pass(&mut host::Host::new(self, &pool, order.as_deref())?, stop, on_step) },
            Some(at) => device::with(self, at, &pool, order.as_deref(), |batches| {
                // SAFETY: passed on.
                unsafe { self.pass(batches, stop, on_step) }
            }),
        }
    }

    /// # Safety
    /// As [`Epoch::run`].
    unsafe fn pass(&self, batches: &mut impl Batches, stop: &AtomicBool, on_step: &mut OnStep<'_>) -> Result<EpochEnd> {
        let mut end = EpochEnd::default();
        for step in 0..self.steps() {
            if stop.load(Ordering::Relaxed) {
                end.stopped = true;
                break;
            }
            let (first, rows) = self.batch(step);
            let program = if rows == self.batch_size { self.program } else { self.tail.unwrap_or(self.program) };
            // SAFETY: `check` has held the programs against the data.
            unsafe { batches.step(program, first, rows)? };
            end.steps = step + 1;
            on_step(end.steps, &|| batches.numbers())?;
        }
        batches.end()?;
        end.logs = if end.steps == 0 { vec![] } else { batches.numbers()? };
        Ok(end)
    }

    /// Where a batch begins, and how many rows it has.
    fn batch(&self, step: usize) -> (usize, usize) {
        let first = step * self.batch_size;
        (first, self.batch_size.min(self.samples - first))
    }

    fn steps(&self) -> usize {
        self.samples.div_ceil(self.batch_size).min(self.max_steps.unwrap_or(usize::MAX))
    }

    fn check(&self) -> Result<()> {
        let fail = |what: String| Err(Error::value(format!("epoch: {what}.")));
        if self.batch_size == 0 {
            return fail("the batch size must be at least 1, but it is 0".into());
        }
        if self.data.len() != self.program.inputs().len() {
            return fail(format!("the plan has {} inputs, but {} came", self.program.inputs().len(), self.data.len()));
        }
        if self.shuffle_seed.is_some() && self.collect.is_some() {
            return fail("outputs cannot be collected in a shuffled order".into());
        }
        self.fits(self.program, self.batch_size)?;
        let last = self.samples % self.batch_size;
        if last != 0 && self.steps() > self.samples / self.batch_size {
            match self.tail {
                Some(tail) => self.fits(tail, last)?,
                None => return fail(format!("a plan for the last {last} samples is needed")),
            }
        }
        Ok(())
    }

    fn fits(&self, program: &Program, rows: usize) -> Result<()> {
        let rowed = |spec: &Spec| spec.shape.first() == Some(&Some(rows));
        if let Some(spec) = program.inputs().iter().find(|s| !rowed(s)) {
            return Err(Error::value(format!("epoch: a batch has {rows} rows, but the plan's input is {spec}.")));
        }
        let same = |a: &Spec, b: &Spec| a.dtype == b.dtype && a.shape.get(1..) == b.shape.get(1..);
        let pairs = program.inputs().iter().zip(self.program.inputs());
        if program.inputs().len() != self.program.inputs().len() || !pairs.clone().all(|(a, b)| same(a, b)) {
            return Err(Error::value("epoch: the plan of the last batch has other inputs than the plan."));
        }
        if program.outputs().len() != self.program.outputs().len() {
            return Err(Error::value("epoch: the plan of the last batch has another number of outputs."));
        }
        for (spec, whole) in program.outputs().iter().zip(self.program.outputs()) {
            let fine = match self.collect {
                Some(_) => rowed(spec) && same(spec, whole),
                None => spec.len() == Some(1) && spec.dtype == whole.dtype,
            };
            if !fine {
                return Err(Error::value(format!("epoch: an output of {spec} does not fit a batch of {rows} rows.")));
            }
        }
        match self.collect {
            Some(c) if c.len() != program.outputs().len() => Err(Error::value(format!(
                "epoch: {} outputs are collected, {} came.",
                program.outputs().len(),
                c.len()
            ))),
            _ => Ok(()),
        }
    }
}

/// Bytes of one row.
fn row_bytes(spec: &Spec) -> Result<usize> {
    let row = Spec { dtype: spec.dtype, shape: spec.shape[1..].into() };
    byte_size("epoch", &row)
}

/// One element as a number.
///
/// # Safety
/// The address holds one element of the dtype.
unsafe fn number(dtype: DType, at: *const u8) -> f64 {
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { std::slice::from_raw_parts(at, dtype.size()) };
    Literal::new(dtype, &[], bytes).ok().and_then(|l| l.as_scalar()).unwrap_or(f64::NAN)
}

/// A permutation of `0..n` that depends only on the seed: Fisher and Yates' shuffle with SplitMix64's numbers.
///
/// Source: Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, 2014; Lemire, *Fast random integer
/// generation in an interval*, 2019 (the product that replaces the remainder).
fn permutation(n: usize, seed: u64) -> Result<Vec<u32>> {
    let n = u32::try_from(n).map_err(|_| Error::value(format!("epoch: {n} samples are too many to shuffle.")))?;
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        let r = mix(seed ^ mix(i as u64));
        let j = (r as u128 * (i as u128 + 1)) >> 64;
        order.swap(i as usize, j as usize);
    }
    Ok(order)
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
