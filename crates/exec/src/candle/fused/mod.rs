//! Elementwise groups as kernels of a GPU, compiled when they are first needed: a chain of ops, or an optimizer's update of all
//! variables, is one kernel that reads each operand and writes each result once.
//!
//! An op says its formula as an expression in C++; one without is computed by itself. `source` writes a group down in a
//! [`Dialect`]; a [`Launcher`] compiles and runs it.

mod book;
#[cfg(feature = "cuda")]
mod cuda;
mod dialect;
mod source;

pub use book::Book;
pub use dialect::{Dialect, type_name};
pub use source::{Access, Index, Parameter, Source};

use super::{Tensor, failed, tensor::candle_dtype};
use crate::cpu::Cpu;
use candle_core::Device;
use kerosene_ir::{DType, Error, Literal, Op, Result, Spec};
use kerosene_plan::{Group, Item, List, Origin, Runner};
use source::{Call, bits, calls, expression};
use std::sync::Arc;

/// Who compiles and runs kernels on a device.
pub trait Launcher: Send + Sync {
    /// The language it compiles.
    fn dialect(&self) -> Dialect;

    /// A kernel that will be launched: what is announced before the first launch is compiled together.
    fn announce(&self, source: &Arc<Source>);

    /// Runs a kernel on what its parameters name. All tensors are contiguous; those that are written have not been written yet, and
    /// nobody else has them.
    ///
    /// # Errors
    /// When the kernel cannot be compiled or started.
    fn launch(&self, source: &Source, arguments: &[Argument<'_>], lengths: &[usize]) -> candle_core::Result<()>;
}

/// What a kernel is given for a parameter.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    /// A tensor that it reads.
    Read(&'a candle_core::Tensor),
    /// A tensor that it writes.
    Written(&'a candle_core::Tensor),
    /// A number's bits.
    Value(u64),
}

/// How groups are run on a device; none: each op by itself.
pub type Fusion = Option<Arc<dyn Launcher>>;

/// What a device has. Its CPU has nothing: there candle's ops are the oracle.
pub(crate) fn fusion(device: &Device) -> Fusion {
    match device {
        #[cfg(feature = "cuda")]
        Device::Cuda(device) => cuda::launcher(device),
        _ => None,
    }
}

/// What the planner asks of an executor with groups on its device.
pub(super) struct Fusing<'a>(pub &'a Fusion);

impl Runner for Fusing<'_> {
    fn evaluate(&self, op: &dyn Op, inputs: &[&Literal], outputs: &[&Spec]) -> Result<Option<Vec<Literal>>> {
        Cpu.evaluate(op, inputs, outputs)
    }

    fn scratch(&self, op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> Result<usize> {
        Cpu.scratch(op, inputs, outputs)
    }

    fn fuses(&self, op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> bool {
        let Some(launcher) = self.0 else { return false };
        let mut specs = inputs.iter().chain(outputs);
        // Counters and indices stay where they are.
        let counts = |s: &&&Spec| s.dtype.is_int();
        specs.clone().all(|s| stored(s.dtype).is_some())
            && !specs.all(|s| counts(&s))
            && expression(launcher.dialect(), op, inputs, outputs[0]).is_some()
    }
}

/// A group ready to run.
pub(super) struct Fused {
    calls: Vec<Call>,
    outputs: Vec<Spec>,
    launcher: Arc<dyn Launcher>,
    name: String,
}

impl Fused {
    /// Prepares a group among a list's items.
    pub fn new(list: &List, item: &Item, group: &Group<usize>, fusion: &Fusion) -> Result<Self> {
        let launcher = fusion.clone().ok_or_else(|| Error::internal("A group for a device that has none."))?;
        let constant = |v: usize| match list.values[v].1 {
            Origin::Constant(c) => Some(&list.constants[c]),
            _ => None,
        };
        let mut calls = calls(launcher.dialect(), group, &constant)?;
        for call in &mut calls {
            launcher.announce(&call.source);
            let place = |of: &[usize], v: usize| of.iter().position(|&o| o == v).expect("of the item's values");
            call.reads.iter_mut().for_each(|v| *v = place(&item.inputs, *v));
            call.writes.iter_mut().for_each(|v| *v = place(&item.outputs, *v));
        }
        let outputs = item.outputs.iter().map(|&v| list.values[v].0.clone()).collect();
        let names: Vec<_> = group.code.lanes.iter().map(|l| l.op.name()).collect();
        let times = if group.segments.len() > 1 { format!(" × {}", group.segments.len()) } else { String::new() };
        Ok(Self { calls, outputs, launcher, name: format!("{}{times}", names.join(" ")) })
    }

    /// Computes the group's results.
    pub fn run(&self, device: &Device, x: &[Tensor]) -> Result<Vec<Tensor>> {
        let operand = |x: &Tensor| match x.candle(device)? {
            Some(tensor) => tensor.contiguous().map(Operand::Tensor).map_err(failed("copy")),
            None => Ok(Operand::Value(bits(&x.literal()?))),
        };
        let operands: Vec<_> = x.iter().map(operand).collect::<Result<_>>()?;
        let results: Vec<_> = self.outputs.iter().map(|spec| room(spec, device)).collect::<Result<_>>()?;
        for call in &self.calls {
            let reads = call.reads.iter().map(|&r| match &operands[r] {
                Operand::Tensor(tensor) => Argument::Read(tensor),
                Operand::Value(bits) => Argument::Value(*bits),
            });
            let arguments: Vec<_> = reads.chain(call.writes.iter().map(|&w| Argument::Written(&results[w]))).collect();
            self.launcher.launch(&call.source, &arguments, &call.lengths).map_err(failed(&self.name))?;
        }
        results.into_iter().zip(&self.outputs).map(|(t, spec)| Tensor::made(t, spec)).collect()
    }

    /// The group on one line.
    pub fn print(&self) -> String {
        let outputs: Vec<_> = self.outputs.iter().map(ToString::to_string).collect();
        format!("{} -> {}", self.name, outputs.join(", "))
    }
}

enum Operand {
    Tensor(candle_core::Tensor),
    Value(u64),
}

/// What candle keeps elements as.
fn stored(dtype: DType) -> Option<DType> {
    use candle_core::DType as C;
    Some(match candle_dtype(dtype)? {
        C::U8 => DType::U8,
        C::U32 => DType::U32,
        C::I16 => DType::I16,
        C::I32 => DType::I32,
        C::I64 => DType::I64,
        C::F16 => DType::F16,
        C::BF16 => DType::BF16,
        C::F32 => DType::F32,
        C::F64 => DType::F64,
        _ => return None,
    })
}

/// A tensor whose elements are about to be written.
fn room(spec: &Spec, device: &Device) -> Result<candle_core::Tensor> {
    let dims = spec.dims("A result")?;
    let dtype = candle_dtype(spec.dtype).ok_or_else(|| Error::internal("candle has no such dtype."))?;
    // SAFETY: the group's kernels write every element before anybody reads one.
    unsafe { candle_core::Tensor::empty(&*dims, dtype, device) }.map_err(failed("memory"))
}
