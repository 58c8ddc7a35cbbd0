//! A graph made ready to run.

use crate::{
    Device, StepTime,
    candle::{
        Listed,
        fused::{Fusion, fusion},
    },
    cpu::Planned,
    memory::is_exhausted,
    threads,
    variable::Variable,
};
use kerosene_ir::{Error, Graph, Result, Spec, Value, VariableId};
use kerosene_kernels::Pool;
use std::{any::Any, collections::HashMap, sync::Arc};

/// Numbers about a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Steps of one run.
    pub steps: usize,
    /// Steps that are kernels of their own (not fused elementwise groups or copies).
    pub kernels: usize,
    /// Memory for values between steps; 0 where tensors look after their own memory.
    pub arena_bytes: usize,
    /// Bytes that steps read and write in one run; 0 where tensors look after their own memory.
    pub moved_bytes: usize,
}

/// A graph for known shapes, ready to run on a device. One run at a time; others wait.
pub struct Program(Code);

enum Code {
    Cpu(Planned),
    Candle(Listed),
}

impl Program {
    /// Prepares `outputs` and the graph's assignments.
    ///
    /// # Errors
    /// When a dimension is unknown, a variable is missing, an op cannot run on its specs, or the memory cannot be had.
    pub fn compile(
        graph: &Graph,
        outputs: &[Value],
        variables: &HashMap<VariableId, Arc<Variable>>,
        device: &Device,
    ) -> Result<Program> {
        let fusion = if let Device::Candle(device) = device { fusion(device) } else { None };
        Program::compile_with(graph, outputs, variables, device, &fusion)
    }

    /// The same with elementwise groups run in this way on candle's tensors, instead of the device's own.
    ///
    /// # Errors
    /// As [`Program::compile`].
    pub fn compile_with(
        graph: &Graph,
        outputs: &[Value],
        variables: &HashMap<VariableId, Arc<Variable>>,
        device: &Device,
        fusion: &Fusion,
    ) -> Result<Program> {
        Ok(Program(match device {
            Device::Cpu => Code::Cpu(Planned::compile(graph, outputs, variables)?),
            Device::Candle(device) => Code::Candle(Listed::compile(graph, outputs, variables, device, fusion)?),
        }))
    }

    /// What a run reads.
    pub fn inputs(&self) -> &[Spec] {
        match &self.0 {
            Code::Cpu(p) => p.inputs(),
            Code::Candle(p) => p.inputs(),
        }
    }

    /// What a run writes.
    pub fn outputs(&self) -> &[Spec] {
        match &self.0 {
            Code::Cpu(p) => p.outputs(),
            Code::Candle(p) => p.outputs(),
        }
    }

    /// The program as text.
    pub fn print(&self) -> String {
        match &self.0 {
            Code::Cpu(p) => p.print(),
            Code::Candle(p) => p.print(),
        }
    }

    /// Numbers about it.
    pub fn stats(&self) -> Stats {
        match &self.0 {
            Code::Cpu(p) => p.stats(),
            Code::Candle(p) => p.stats(),
        }
    }

    /// Measures each step from now on, on this package's own kernels.
    ///
    /// # Errors
    /// On another device.
    pub fn start_profile(&self) -> Result<()> {
        match &self.0 {
            Code::Cpu(p) => p.start_profile(),
            Code::Candle(_) => return Err(Error::unsupported("Only programs on \"cpu\" are measured step by step.")),
        }
        Ok(())
    }

    /// No longer measures.
    pub fn stop_profile(&self) {
        if let Code::Cpu(p) = &self.0 {
            p.stop_profile();
        }
    }

    /// What was measured; nothing when profiling was not started.
    pub fn profile(&self) -> Vec<StepTime> {
        match &self.0 {
            Code::Cpu(p) => p.profile(),
            Code::Candle(_) => vec![],
        }
    }

    /// Ops on floating numbers that have run on the CPU with their operands copied there, because candle has nothing for them.
    pub fn on_host(&self) -> Vec<&'static str> {
        match &self.0 {
            Code::Cpu(_) => vec![],
            Code::Candle(p) => p.on_host(),
        }
    }

    /// The program, where its tensors are candle's.
    pub(crate) fn on_candle(&self) -> Option<&Listed> {
        match &self.0 {
            Code::Cpu(_) => None,
            Code::Candle(p) => Some(p),
        }
    }

    /// Runs it once: reads `inputs` and the variables, writes `outputs` and the assigned variables.
    ///
    /// # Errors
    /// When the counts are wrong or a kernel fails.
    ///
    /// # Safety
    /// Each address holds its spec's bytes, aligned for its dtype; nobody writes to the inputs or touches the outputs meanwhile.
    pub unsafe fn run(&self, inputs: &[*const u8], outputs: &[*mut u8]) -> Result<()> {
        // SAFETY: passed on.
        unsafe { self.run_on(&threads::pool(), inputs, outputs) }
    }

    /// [`Program::run`] on this pool.
    ///
    /// # Safety
    /// As [`Program::run`].
    pub(crate) unsafe fn run_on(&self, pool: &Pool, inputs: &[*const u8], outputs: &[*mut u8]) -> Result<()> {
        let (ins, outs) = (self.inputs().len(), self.outputs().len());
        if inputs.len() != ins || outputs.len() != outs {
            return Err(Error::value(format!(
                "The plan takes {ins} inputs and {outs} outputs, but received {} and {}.",
                inputs.len(),
                outputs.len()
            )));
        }
        match &self.0 {
            // SAFETY: passed on.
            Code::Cpu(p) => unsafe { p.run(pool, inputs, outputs) },
            // SAFETY: passed on.
            Code::Candle(p) => unsafe { p.run(pool, inputs, outputs) },
        }
    }
}

/// A kernel's panic as an error.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("it did not say why");
    let error = if is_exhausted(text) { Error::memory } else { Error::internal };
    error(format!("A kernel failed: {text}."))
}
