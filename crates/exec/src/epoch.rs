//! A whole pass over a data set in one call: shuffle, gather, step, step, step.

use crate::{Program, memory::Memory, threads, variable::byte_size};
use kerosene_ir::{DType, Error, Literal, Result, Spec};
use kerosene_kernels::Pool;
use std::sync::atomic::{AtomicBool, Ordering};

/// One pass over `samples` rows of `data`.
pub struct Epoch<'a> {
    /// The step for whole batches.
    pub program: &'a Program,
    /// The step for the smaller last batch; needed when `samples` is not a multiple of `batch_size`.
    pub tail: Option<&'a Program>,
    /// One address per input: `samples` rows, contiguous.
    pub data: &'a [*const u8],
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

/// Told after each step how many are done, and how to read the outputs.
pub type OnStep<'a> = dyn FnMut(usize, &dyn Fn() -> Vec<f64>) + 'a;

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

/// An input's rows, and where a batch of them is put together.
struct Column {
    data: *const u8,
    row: usize,
    align: usize,
    staging: Option<Memory>,
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
    /// or touches the collected rows meanwhile.
    pub unsafe fn run(&self, stop: &AtomicBool, on_step: &mut OnStep<'_>) -> Result<EpochEnd> {
        self.check()?;
        let pool = threads::pool();
        let mut columns = self.columns()?;
        let order = self.shuffle_seed.map(|seed| permutation(self.samples, seed)).transpose()?;
        let logs = self.logs()?;
        let mut outputs: Vec<*mut u8> = logs.iter().map(Memory::start).collect();
        let mut inputs: Vec<*const u8> = vec![std::ptr::null(); columns.len()];
        let read = || self.numbers(&logs);
        let mut end = EpochEnd::default();
        for step in 0..self.steps() {
            if stop.load(Ordering::Relaxed) {
                end.stopped = true;
                break;
            }
            let first = step * self.batch_size;
            let rows = self.batch_size.min(self.samples - first);
            for (column, input) in columns.iter_mut().zip(&mut inputs) {
                // SAFETY: the caller vouches for `samples` rows of data; `first + rows` is within them.
                *input = unsafe { column.batch(&pool, first, rows, order.as_deref())? };
            }
            if let Some(collect) = self.collect {
                for ((to, base), spec) in outputs.iter_mut().zip(collect).zip(self.program.outputs()) {
                    // SAFETY: the caller vouches for `samples` rows.
                    *to = unsafe { base.add(first * row_bytes(spec)?) };
                }
            }
            let program = if rows == self.batch_size { self.program } else { self.tail.unwrap_or(self.program) };
            // SAFETY: inputs and outputs were sized for this program by `check`.
            unsafe { program.run_on(&pool, &inputs, &outputs)? };
            end.steps = step + 1;
            on_step(end.steps, &read);
        }
        end.logs = if end.steps == 0 { vec![] } else { read() };
        Ok(end)
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

    fn columns(&self) -> Result<Vec<Column>> {
        let columns = self.program.inputs().iter().zip(self.data).map(|(spec, &data)| {
            let row = row_bytes(spec)?;
            let align = spec.dtype.size();
            let copied = self.shuffle_seed.is_some() || data.addr() % align != 0;
            let bytes = if copied { row.saturating_mul(self.batch_size) } else { 0 };
            let staging = copied.then(|| Memory::new(bytes, "A batch")).transpose()?;
            Ok(Column { data, row, align, staging })
        });
        columns.collect()
    }

    fn logs(&self) -> Result<Vec<Memory>> {
        self.program.outputs().iter().map(|_| Memory::new(8, "A log")).collect()
    }

    fn numbers(&self, logs: &[Memory]) -> Vec<f64> {
        if self.collect.is_some() {
            return vec![];
        }
        let specs = self.program.outputs();
        // SAFETY: each log holds 8 bytes, enough for one element of any dtype, written by the step before.
        specs.iter().zip(logs).map(|(s, m)| unsafe { number(s.dtype, m.start()) }).collect()
    }
}

impl Column {
    /// Address of a batch: in the data itself when the rows are in order there, else in the staging memory.
    ///
    /// # Safety
    /// The data holds the rows `first..first + rows`, or all that `order` names.
    unsafe fn batch(&mut self, pool: &Pool, first: usize, rows: usize, order: Option<&[u32]>) -> Result<*const u8> {
        debug_assert!(self.align > 0);
        // SAFETY: within the data.
        let here = unsafe { self.data.add(first * self.row) };
        let Some(staging) = &self.staging else { return Ok(here) };
        let to = staging.start();
        match order {
            // SAFETY: the staging memory holds a whole batch.
            None => unsafe { std::ptr::copy_nonoverlapping(here, to, rows * self.row) },
            Some(order) => {
                // SAFETY: `order` names rows of the data.
                unsafe { kerosene_kernels::gather_rows(pool, self.data, self.row, &order[first..first + rows], to) }
            }
        }
        Ok(to)
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
