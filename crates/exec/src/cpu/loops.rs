//! Loops: the plan of a body, run once for each step, as one kernel.

use super::{runner::Cpu, steps::Steps};
use crate::memory::ALIGN;
use kerosene_ir::{Error, Op, Result, Spec, Value};
use kerosene_kernels::{Io, Kernel};
use kerosene_ops::{Loop, Lowered};
use kerosene_plan::{Place, Plan, plan};
use parking_lot::Mutex;

/// The code of an op; a loop is a kernel here.
pub(crate) fn lowered(op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
    match kerosene_ops::lower(op)?.lower(inputs, outputs)? {
        Lowered::Loop(one) => Body::new(&one).map(|body| Lowered::Kernel(body.kernel())),
        other => Ok(other),
    }
}

/// A body ready to run.
struct Body {
    plan: Plan,
    steps: Steps,
    rows: usize,
    reverse: bool,
    /// Bytes of each carry and where its two buffers are in the scratch memory.
    carries: Vec<Carry>,
    /// Bytes of one element of each sequence.
    sequences: Vec<usize>,
    /// Output and bytes of one element, for each value that is stacked.
    stacked: Vec<(usize, usize)>,
    scratch: usize,
}

struct Carry {
    bytes: usize,
    buffers: [usize; 2],
    output: Option<usize>,
}

/// Addresses of one run; kept, so that a run asks for no memory.
#[derive(Default)]
struct Addresses(Vec<*mut u8>);

// SAFETY: only used by the run that holds the lock.
unsafe impl Send for Addresses {}

fn bytes(spec: &Spec) -> Result<usize> {
    let n = spec.len().and_then(|n| n.checked_mul(spec.dtype.size()));
    n.ok_or_else(|| Error::value(format!("A tensor of {spec} is larger than any memory.")))
}

impl Body {
    fn new(one: &Loop) -> Result<Self> {
        let stacked = one.stacked.iter().map(|s| s.0);
        let results: Vec<Value> = one.carries.iter().copied().chain(stacked).collect();
        let plan = plan(&one.body, &results, &Cpu)?;
        let mut scratch = plan.arena;
        let mut take = |bytes: usize| {
            let at = scratch.next_multiple_of(ALIGN);
            scratch = at + bytes;
            at
        };
        let mut carries = vec![];
        for (spec, &output) in plan.outputs.iter().zip(&one.finals) {
            let bytes = bytes(spec)?;
            carries.push(Carry { bytes, buffers: [take(bytes), take(bytes)], output });
        }
        let n = carries.len();
        let sequences = plan.inputs[n..n + one.sequences].iter().map(bytes).collect::<Result<_>>()?;
        let sizes = plan.outputs[n..].iter().map(bytes).collect::<Result<Vec<_>>>()?;
        let stacked = one.stacked.iter().map(|s| s.1).zip(sizes).collect();
        let steps = Steps::new(&plan)?;
        Ok(Self { plan, steps, rows: one.steps, reverse: one.reverse, carries, sequences, stacked, scratch })
    }

    fn kernel(self) -> Kernel {
        let (scratch, addresses) = (self.scratch, Mutex::new(Addresses::default()));
        // SAFETY: the executor hands buffers of the op's specs and of the scratch memory asked for.
        Kernel::new(move |io| unsafe { self.run(io, &mut addresses.lock()) }).with_scratch(scratch)
    }

    /// Runs every step.
    ///
    /// # Safety
    /// The buffers are those of the op.
    unsafe fn run(&self, io: &Io<'_>, addresses: &mut Addresses) {
        if self.rows == 0 {
            for (carry, &from) in self.carries.iter().zip(io.inputs) {
                if let Some(o) = carry.output {
                    // SAFETY: the first and the last value of a carry have one size.
                    unsafe { std::ptr::copy_nonoverlapping(from, io.outputs[o], carry.bytes) };
                }
            }
            return;
        }
        for step in 0..self.rows {
            let row = if self.reverse { self.rows - 1 - step } else { step };
            addresses.0.clear();
            // SAFETY: every offset lies in the buffer it is added to.
            addresses.0.extend(self.steps.places.iter().map(|&p| unsafe { self.address(io, p, step, row) }));
            // SAFETY: no two of a step's results share memory, and what it reads is written by nobody.
            self.steps.list.iter().for_each(|s| unsafe { s.run(io.pool, &addresses.0) });
        }
    }

    /// Where a place of the body's plan is at this step.
    ///
    /// # Safety
    /// The buffers are those of the op, and `step` and `row` less than the number of steps.
    unsafe fn address(&self, io: &Io<'_>, place: Place, step: usize, row: usize) -> *mut u8 {
        let n = self.carries.len();
        // A step writes its carries to one of the two buffers and reads those of the step before from the other.
        // SAFETY: both buffers lie in the scratch memory asked for.
        let buffer = |c: &Carry, step: usize| unsafe { io.scratch.add(c.buffers[step % 2]) };
        match place {
            Place::Input(i) if i < n && step > 0 => buffer(&self.carries[i], step - 1),
            Place::Input(i) if i >= n && i < n + self.sequences.len() => {
                // SAFETY: a sequence has an element for each step.
                unsafe { io.inputs[i].cast_mut().add(row * self.sequences[i - n]) }
            }
            Place::Input(i) => io.inputs[i].cast_mut(),
            Place::Output(i) if i < n => match self.carries[i].output {
                Some(o) if step + 1 == self.rows => io.outputs[o],
                _ => buffer(&self.carries[i], step),
            },
            Place::Output(i) => {
                let (output, bytes) = self.stacked[i - n];
                // SAFETY: a stack has an element for each step.
                unsafe { io.outputs[output].add(row * bytes) }
            }
            Place::Constant(i) => self.plan.constants[i].bytes().as_ptr().cast_mut(),
            // SAFETY: the arena is the start of the scratch memory asked for.
            Place::Arena(offset) => unsafe { io.scratch.add(offset) },
            Place::Variable(_) => unreachable!("a body has no variables"),
        }
    }
}
