//! Plans: graphs made ready to run.

use crate::{
    bytes::{Bytes, Pin},
    error::guard,
    jobs,
    spec::{self, Spec},
};
use kerosene_exec::Program;
use kerosene_ir::{Error, Result};
use napi::{Env, bindgen_prelude::Object};
use napi_derive::napi;
use std::sync::{Arc, atomic::AtomicBool};

/// A graph made ready to run on one set of shapes.
#[napi]
pub struct Plan {
    /// Nothing once it was disposed.
    pub(crate) program: Option<Arc<Program>>,
}

/// What a plan does, in numbers that do not depend on time.
#[napi(object)]
pub struct PlanStats {
    /// Steps run one after the other.
    pub steps: u32,
    /// Kernels within them.
    pub kernels: u32,
    /// Bytes of memory for intermediate values.
    pub arena_bytes: f64,
    /// Bytes read and written in a run.
    pub moved_bytes: f64,
}

/// What one step of a plan took while the plan was measured.
#[napi(object)]
pub struct StepProfile {
    /// The step on one line.
    pub name: String,
    /// The kernel's op; "elementwise" or "copy".
    pub op: String,
    /// The parts of the program it works for, one for each op in it.
    #[napi(ts_type = "(string | null)[]")]
    pub scopes: Vec<Option<String>>,
    /// Floating multiplications and additions of a run, as far as ops count theirs.
    pub flops: f64,
    /// Bytes read and written in a run.
    pub bytes: f64,
    /// Runs measured.
    pub runs: u32,
    /// Microseconds of all runs.
    pub total: f64,
    /// Microseconds from the start of the last run to that of its step.
    pub start: f64,
    /// Microseconds in the last run.
    pub last: f64,
}

impl Plan {
    pub(crate) fn program(&self) -> Result<&Arc<Program>> {
        self.program.as_ref().ok_or_else(|| Error::value("This plan was disposed."))
    }
}

fn check(who: &str, specs: &[kerosene_ir::Spec], arrays: &[Bytes]) -> Result<()> {
    if specs.len() != arrays.len() {
        return Err(Error::value(format!("The plan has {} {who}s, but received {}.", specs.len(), arrays.len())));
    }
    // Small ops run a few times in a microsecond's reach: text is made only for an error.
    match specs.iter().zip(arrays).position(|(spec, array)| !array.holds(spec)) {
        None => Ok(()),
        Some(i) => arrays[i].check_spec(&format!("The plan's {who} {i}"), &specs[i]),
    }
}

#[napi]
impl Plan {
    /// Specs of the inputs.
    #[napi(getter)]
    pub fn inputs(&self) -> napi::Result<Vec<Spec>> {
        guard(|| Ok(self.program()?.inputs().iter().map(spec::to_js).collect()))
    }

    /// Specs of the outputs.
    #[napi(getter)]
    pub fn outputs(&self) -> napi::Result<Vec<Spec>> {
        guard(|| Ok(self.program()?.outputs().iter().map(spec::to_js).collect()))
    }

    /// Frees what it holds as soon as no run uses it: JavaScript's collector does not see how much that is.
    #[napi]
    pub fn dispose(&mut self) {
        self.program = None;
    }

    /// Runs on the calling thread.
    #[napi]
    pub fn run_sync(
        &self,
        #[napi(ts_arg_type = "TypedArray[]")] inputs: Vec<Bytes>,
        #[napi(ts_arg_type = "TypedArray[]")] outputs: Vec<Bytes>,
    ) -> napi::Result<()> {
        guard(|| {
            let program = self.program()?;
            check("input", program.inputs(), &inputs)?;
            check("output", program.outputs(), &outputs)?;
            let ins: Vec<*const u8> = inputs.iter().map(|b| b.address().cast_const()).collect();
            let outs: Vec<*mut u8> = outputs.iter().map(Bytes::address).collect();
            // SAFETY: sizes were checked, and V8 keeps the memory while this call runs.
            unsafe { program.run(&ins, &outs) }
        })
    }

    /// Runs off the main thread. The arrays must not be touched before the promise settles.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn run<'env>(
        &self,
        env: &'env Env,
        #[napi(ts_arg_type = "TypedArray[]")] inputs: Vec<Bytes>,
        #[napi(ts_arg_type = "TypedArray[]")] outputs: Vec<Bytes>,
    ) -> napi::Result<Object<'env>> {
        let program = guard(|| {
            let program = self.program()?;
            check("input", program.inputs(), &inputs)?;
            check("output", program.outputs(), &outputs)?;
            Ok(program.clone())
        })?;
        let pins = inputs.iter().chain(&outputs).map(|b| b.pin(env.raw())).collect::<napi::Result<Vec<_>>>()?;
        let split = inputs.len();
        jobs::spawn(env, pins, Arc::new(AtomicBool::new(false)), move |pins, _| {
            let ins: Vec<*const u8> = pins[..split].iter().map(|p| p.address().cast_const()).collect();
            let outs: Vec<*mut u8> = pins[split..].iter().map(Pin::address).collect();
            // SAFETY: sizes were checked, and the pins keep the memory.
            unsafe { program.run(&ins, &outs) }
        })
    }

    /// The plan as text.
    #[napi]
    pub fn print(&self) -> napi::Result<String> {
        guard(|| Ok(self.program()?.print()))
    }

    /// Measures each step from now on.
    #[napi]
    pub fn start_profile(&self) -> napi::Result<()> {
        guard(|| self.program()?.start_profile())
    }

    /// No longer measures, and forgets what was measured.
    #[napi]
    pub fn stop_profile(&self) {
        if let Some(program) = &self.program {
            program.stop_profile();
        }
    }

    /// What each step took since the measuring began; nothing when it did not.
    #[napi]
    pub fn profile(&self) -> Vec<StepProfile> {
        let micros = |t: std::time::Duration| t.as_secs_f64() * 1e6;
        let steps = self.program.iter().flat_map(|p| p.profile()).map(|s| StepProfile {
            name: s.name,
            op: s.op.into(),
            scopes: s.scopes.iter().map(|scope| scope.as_deref().map(Into::into)).collect(),
            flops: s.flops,
            bytes: s.bytes as f64,
            runs: s.runs as u32,
            total: micros(s.total),
            start: micros(s.last.0),
            last: micros(s.last.1),
        });
        steps.collect()
    }

    /// Counts of steps, kernels and bytes.
    #[napi]
    pub fn stats(&self) -> napi::Result<PlanStats> {
        let s = guard(|| Ok(self.program()?.stats()))?;
        Ok(PlanStats {
            steps: s.steps as u32,
            kernels: s.kernels as u32,
            arena_bytes: s.arena_bytes as f64,
            moved_bytes: s.moved_bytes as f64,
        })
    }
}
