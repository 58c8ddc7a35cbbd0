//! A whole epoch in one call.

use crate::{
    bytes::{Bytes, Pin},
    error::guard,
    jobs,
    plan::Plan,
};
use kerosene_exec::{Epoch, Kept, Program};
use kerosene_ir::{Error, Result, Spec};
use napi::{
    Env,
    bindgen_prelude::{ClassInstance, FnArgs, Function, Object},
    threadsafe_function::ThreadsafeFunctionCallMode,
};
use napi_derive::napi;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Stops an epoch between two batches.
#[napi]
#[derive(Default)]
pub struct StopFlag {
    flag: Arc<AtomicBool>,
}

#[napi]
impl StopFlag {
    /// A flag that is not set.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the epoch to stop.
    #[napi]
    pub fn set(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    #[napi(getter)]
    pub fn stopped(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

/// Arrays that stay on a device between the epochs of a run. While it keeps any, nobody writes to them.
#[napi]
#[derive(Default)]
pub struct KeptArrays {
    kept: Arc<Kept>,
}

#[napi]
impl KeptArrays {
    /// None yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the device forget them: at the end of the run.
    #[napi]
    pub fn clear(&self) {
        self.kept.clear();
    }
}

/// What an epoch runs over.
#[napi(object, object_to_js = false)]
pub struct EpochOptions<'env> {
    /// The plan of a full batch.
    pub plan: ClassInstance<'env, Plan>,
    /// The plan of the smaller last batch.
    pub tail: Option<ClassInstance<'env, Plan>>,
    /// One array per plan input, `[samples, …]`.
    #[napi(ts_type = "TypedArray[]")]
    pub data: Vec<Bytes>,
    /// Number of samples.
    pub samples: f64,
    /// Samples in a batch.
    pub batch_size: f64,
    /// Shuffles the samples; in order when absent.
    pub shuffle_seed: Option<f64>,
    /// One array per plan output, `[samples, …]`, that takes every batch's outputs (predict).
    #[napi(ts_type = "TypedArray[]")]
    pub collect: Option<Vec<Bytes>>,
    /// At most this many batches.
    pub steps: Option<f64>,
    /// Stops the epoch.
    pub stop: Option<ClassInstance<'env, StopFlag>>,
    /// Keeps the data on its device for further epochs; without, it goes with this one.
    pub kept: Option<ClassInstance<'env, KeptArrays>>,
    /// Least time between two progress calls, in ms; default 50.
    pub progress_ms: Option<f64>,
}

/// How an epoch ended.
#[napi(object)]
pub struct EpochEnd {
    /// Batches done.
    pub steps: f64,
    /// Whether it was stopped.
    pub stopped: bool,
    /// The scalar outputs of the last batch.
    pub logs: Vec<f64>,
}

/// What the progress callback is told: steps done, and the logs.
type Progress = FnArgs<(f64, Vec<f64>)>;

/// A count from JavaScript.
fn count(name: &str, n: f64) -> Result<usize> {
    if n >= 0.0 && n.fract() == 0.0 && n <= 9_007_199_254_740_991.0 {
        return Ok(n as usize);
    }
    Err(Error::value(format!("{name} must be a whole number from 0 up, but received {n}.")))
}

/// Checks that `array` holds `samples` rows of `spec`, whose first axis is the batch.
fn check_rows(who: &str, spec: &Spec, batch: usize, samples: usize, array: &Bytes) -> Result<()> {
    if spec.shape.first() != Some(&Some(batch)) {
        return Err(Error::value(format!("{who} is {spec}, but the batch has {batch} samples.")));
    }
    let row = Spec::new(spec.dtype, spec.shape[1..].iter().copied());
    array.check(who, spec.dtype, row.len().and_then(|n| n.checked_mul(samples)))
}

struct Checked {
    samples: usize,
    batch_size: usize,
    max_steps: Option<usize>,
    shuffle_seed: Option<u64>,
}

fn check(o: &EpochOptions<'_>) -> Result<Checked> {
    let (samples, batch_size) = (count("samples", o.samples)?, count("batchSize", o.batch_size)?);
    if batch_size == 0 {
        return Err(Error::value("batchSize must be at least 1, but received 0."));
    }
    let rest = samples % batch_size;
    let max_steps = o.steps.map(|s| count("steps", s)).transpose()?;
    let reaches_tail = rest > 0 && max_steps.is_none_or(|m| m > samples / batch_size);
    if reaches_tail && o.tail.is_none() {
        return Err(Error::internal(format!("The last batch of {rest} samples needs a plan of its own.")));
    }
    let full: &Program = o.plan.program()?;
    let tail = o.tail.as_ref().map(|t| t.program()).transpose()?.map(|t| &**t);
    for (program, batch) in [(Some(full), batch_size), (tail, rest)] {
        let Some(program) = program else { continue };
        if batch == 0 || (batch == batch_size && samples < batch_size) {
            continue;
        }
        if program.inputs().len() != o.data.len() {
            return Err(Error::value(format!(
                "The plan has {} inputs, but received {} arrays.",
                program.inputs().len(),
                o.data.len()
            )));
        }
        for (i, (spec, array)) in program.inputs().iter().zip(&o.data).enumerate() {
            check_rows(&format!("Input {i}"), spec, batch, samples, array)?;
        }
        match &o.collect {
            Some(collect) if collect.len() != program.outputs().len() => {
                let want = program.outputs().len();
                return Err(Error::value(format!(
                    "The plan has {want} outputs, but received {} arrays.",
                    collect.len()
                )));
            }
            Some(collect) => {
                for (i, (spec, array)) in program.outputs().iter().zip(collect).enumerate() {
                    check_rows(&format!("Output {i}"), spec, batch, samples, array)?;
                }
            }
            None => {
                if let Some(spec) = program.outputs().iter().find(|s| s.len() != Some(1)) {
                    return Err(Error::internal(format!("Logs are scalars, but the plan has an output of {spec}.")));
                }
            }
        }
    }
    let shuffle_seed = o.shuffle_seed.map(|s| count("shuffleSeed", s)).transpose()?.map(|s| s as u64);
    Ok(Checked { samples, batch_size, max_steps, shuffle_seed })
}

/// Runs the batches of an epoch on a thread of its own: shuffling, gathering, steps, metrics. `progress` is told now and then.
#[napi(ts_return_type = "Promise<EpochEnd>")]
pub fn run_epoch<'env>(
    env: &'env Env,
    options: EpochOptions<'_>,
    #[napi(ts_arg_type = "((step: number, logs: number[]) => void) | undefined | null")] progress: Option<
        Function<'_, Progress, ()>,
    >,
) -> napi::Result<Object<'env>> {
    let checked = guard(|| check(&options))?;
    let progress = progress
        .map(|f| f.build_threadsafe_function::<Progress>().weak::<true>().max_queue_size::<1>().build())
        .transpose()?;
    let every =
        Duration::from_secs_f64(options.progress_ms.filter(|ms| ms.is_finite() && *ms >= 0.0).unwrap_or(50.0) / 1e3);
    let pins = options
        .data
        .iter()
        .chain(options.collect.iter().flatten())
        .map(|b| b.pin(env.raw()))
        .collect::<napi::Result<Vec<_>>>()?;
    let split = options.data.len();
    let collects = options.collect.is_some();
    let (program, tail) = guard(|| {
        let tail = options.tail.as_ref().map(|t| t.program().cloned()).transpose()?;
        Ok((options.plan.program()?.clone(), tail))
    })?;
    let stop = options.stop.map(|s| s.flag.clone()).unwrap_or_default();
    let kept = options.kept.map(|k| k.kept.clone()).unwrap_or_default();
    jobs::spawn(env, pins, stop, move |pins, stop| {
        let data: Vec<*const u8> = pins[..split].iter().map(|p| p.address().cast_const()).collect();
        let collect: Vec<*mut u8> = pins[split..].iter().map(Pin::address).collect();
        let epoch = Epoch {
            program: &program,
            tail: tail.as_deref(),
            data: &data,
            kept: &kept,
            samples: checked.samples,
            batch_size: checked.batch_size,
            shuffle_seed: checked.shuffle_seed,
            collect: collects.then_some(&collect[..]),
            max_steps: checked.max_steps,
        };
        let mut last = Instant::now();
        let mut on_step = |step: usize, logs: &dyn Fn() -> Result<Vec<f64>>| {
            let Some(progress) = &progress else { return Ok(()) };
            // The first step is shown at once, as Keras does.
            if step == 1 || last.elapsed() >= every {
                last = Instant::now();
                progress.call((step as f64, logs()?).into(), ThreadsafeFunctionCallMode::NonBlocking);
            }
            Ok(())
        };
        // SAFETY: `check` held every array against its plan, and the pins keep the memory.
        let end = unsafe { epoch.run(stop, &mut on_step) }?;
        Ok(EpochEnd { steps: end.steps as f64, stopped: end.stopped, logs: end.logs })
    })
}
