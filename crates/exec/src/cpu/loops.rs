//! Loops: the plan of a body, run once for each step, as one kernel.

use super::{runner::Cpu, steps::Steps};
use crate::{half::widened, memory::ALIGN};
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
    /// Carries of which all values are stacked, and how.
    kept: Vec<Option<Kept>>,
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

/// A carry whose values live in an output, an element for each step: no step copies them.
#[derive(Clone, Copy)]
struct Kept {
    output: usize,
    /// Of each step what it reads, or else what it writes.
    before: bool,
}

/// Addresses of one run; kept, so that a run asks for no memory.
#[derive(Default)]
struct Addresses(Vec<*mut u8>);

// SAFETY: only used by the run that holds the lock.
unsafe impl Send for Addresses {}

/// How carry `i` is kept, if all its values are stacked: that stack is then taken from the others.
fn kept(one: &Loop, i: usize, stacked: &mut Vec<(Value, usize)>) -> Option<Kept> {
    let (before, after) = (one.body.inputs()[i], one.carries[i]);
    let mut find = |v: Value| stacked.iter().position(|s| s.0 == v).map(|at| stacked.remove(at).1);
    let made = |before: bool| move |output: usize| Kept { output, before };
    find(before).map(made(true)).or_else(|| find(after).map(made(false)))
}

fn bytes(spec: &Spec) -> Result<usize> {
    let n = spec.len().and_then(|n| n.checked_mul(spec.dtype.size()));
    n.ok_or_else(|| Error::value(format!("A tensor of {spec} is larger than any memory.")))
}

impl Body {
    fn new(one: &Loop) -> Result<Self> {
        let n = one.carries.len();
        let mut stacked = one.stacked.clone();
        let kept: Vec<Option<Kept>> = (0..n).map(|i| kept(one, i, &mut stacked)).collect();
        let results: Vec<Value> = one.carries.iter().copied().chain(stacked.iter().map(|s| s.0)).collect();
        let (body, results) = widened(&one.body, &results)?;
        let plan = plan(&body, &results, &Cpu)?;
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
        let sequences = plan.inputs[n..n + one.sequences].iter().map(bytes).collect::<Result<_>>()?;
        let sizes = plan.outputs[n..].iter().map(bytes).collect::<Result<Vec<_>>>()?;
        let stacked = stacked.iter().map(|s| s.1).zip(sizes).collect();
        let steps = Steps::new(&plan)?;
        Ok(Self { plan, steps, rows: one.steps, reverse: one.reverse, carries, kept, sequences, stacked, scratch })
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
        for (i, carry) in self.carries.iter().enumerate() {
            let to = match (self.kept[i], carry.output) {
                // SAFETY: the output has an element for each step, of which there is one at least.
                (Some(Kept { before: true, .. }), _) if self.rows > 0 => unsafe { self.before(io, i, 0) },
                (_, Some(o)) if self.rows == 0 => io.outputs[o],
                _ => continue,
            };
            // SAFETY: all values of a carry have one size.
            unsafe { std::ptr::copy_nonoverlapping(io.inputs[i], to, carry.bytes) };
        }
        for step in 0..self.rows {
            addresses.0.clear();
            // SAFETY: every offset lies in the buffer it is added to.
            addresses.0.extend(self.steps.places.iter().map(|&p| unsafe { self.address(io, p, step) }));
            // SAFETY: no two of a step's results share memory, and what it reads is written by nobody.
            self.steps.list.iter().for_each(|s| unsafe { s.run(io.pool, &addresses.0) });
        }
        for (i, carry) in self.carries.iter().enumerate() {
            if let (Some(Kept { before: false, .. }), Some(o)) = (self.kept[i], carry.output)
                && self.rows > 0
            {
                // SAFETY: the last step has written it; an output of its own takes the carry's last value.
                unsafe {
                    let last = self.after(io, i, self.rows - 1).cast_const();
                    std::ptr::copy_nonoverlapping(last, io.outputs[o], carry.bytes);
                }
            }
        }
    }

    /// Which element of the sequences and the stacks is that of a step.
    fn row(&self, step: usize) -> usize {
        if self.reverse { self.rows - 1 - step } else { step }
    }

    /// Where a step reads a carry.
    ///
    /// # Safety
    /// The buffers are those of the op, and `step` less than the number of steps.
    unsafe fn before(&self, io: &Io<'_>, i: usize, step: usize) -> *mut u8 {
        match self.kept[i] {
            // SAFETY: a stack has an element for each step.
            Some(Kept { output, before: true }) => unsafe {
                io.outputs[output].add(self.row(step) * self.carries[i].bytes)
            },
            _ if step == 0 => io.inputs[i].cast_mut(),
            // SAFETY: passed on.
            _ => unsafe { self.after(io, i, step - 1) },
        }
    }

    /// Where a step writes a carry.
    ///
    /// # Safety
    /// As [`Body::before`].
    unsafe fn after(&self, io: &Io<'_>, i: usize, step: usize) -> *mut u8 {
        let carry = &self.carries[i];
        match (self.kept[i], carry.output) {
            // SAFETY: a stack has an element for each step.
            (Some(Kept { output, before: false }), _) => unsafe {
                io.outputs[output].add(self.row(step) * carry.bytes)
            },
            (_, Some(o)) if step + 1 == self.rows => io.outputs[o],
            // SAFETY: there is a step after this one.
            (Some(_), _) if step + 1 < self.rows => unsafe { self.before(io, i, step + 1) },
            // A step writes to one of the two buffers and reads what the step before wrote from the other.
            // SAFETY: both buffers lie in the scratch memory asked for.
            _ => unsafe { io.scratch.add(carry.buffers[step % 2]) },
        }
    }

    /// Where a place of the body's plan is at this step.
    ///
    /// # Safety
    /// As [`Body::before`].
    unsafe fn address(&self, io: &Io<'_>, place: Place, step: usize) -> *mut u8 {
        let (n, row) = (self.carries.len(), self.row(step));
        match place {
            // SAFETY: passed on.
            Place::Input(i) if i < n => unsafe { self.before(io, i, step) },
            Place::Input(i) if i >= n && i < n + self.sequences.len() => {
                // SAFETY: a sequence has an element for each step.
                unsafe { io.inputs[i].cast_mut().add(row * self.sequences[i - n]) }
            }
            Place::Input(i) => io.inputs[i].cast_mut(),
            // SAFETY: passed on.
            Place::Output(i) if i < n => unsafe { self.after(io, i, step) },
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
