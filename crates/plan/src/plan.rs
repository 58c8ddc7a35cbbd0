//! What planning ends in.

use kerosene_ir::{DType, Literal, Op, Spec, VariableId};
use std::{ops::Range, sync::Arc};

/// A flat list of steps, and where everything lies.
#[derive(Debug)]
pub struct Plan {
    /// Specs of the inputs.
    pub inputs: Vec<Spec>,
    /// Specs of the outputs.
    pub outputs: Vec<Spec>,
    /// Variables read or written.
    pub variables: Vec<VariableUse>,
    /// Constants that some step reads.
    pub constants: Vec<Literal>,
    /// Bytes of memory for values between steps.
    pub arena: usize,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// Ranges of steps that may run at the same time.
    pub together: Vec<Range<usize>>,
}

/// A variable in a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableUse {
    /// Which.
    pub id: VariableId,
    /// Its spec.
    pub spec: Spec,
    /// Whether some step writes to it.
    pub assigned: bool,
}

/// Where a tensor lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The n-th input.
    Input(usize),
    /// The n-th output.
    Output(usize),
    /// The n-th of [`Plan::constants`].
    Constant(usize),
    /// The n-th of [`Plan::variables`].
    Variable(usize),
    /// This far into the arena (a multiple of 64).
    Arena(usize),
}

/// One step.
#[derive(Debug)]
pub enum Step {
    /// An op's own kernel.
    Kernel(KernelStep),
    /// Fused elementwise ops, and kernels that follow on what they have computed, part by part.
    Group(Group, Vec<KernelStep>),
    /// Bytes from one place to another.
    Copy(Copy),
}

/// A copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Source.
    pub from: Place,
    /// Destination.
    pub to: Place,
    /// How many.
    pub bytes: usize,
}

/// A whole tensor that a kernel reads or writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// Where it lies.
    pub place: Place,
    /// Its spec.
    pub spec: Spec,
}

/// A kernel, and what follows on each range of elements that it has finished.
#[derive(Debug)]
pub struct KernelStep {
    /// The op.
    pub op: Arc<dyn Op>,
    /// The part of the program it belongs to.
    pub scope: Option<Arc<str>>,
    /// Its inputs.
    pub inputs: Vec<Arg>,
    /// Its outputs.
    pub outputs: Vec<Arg>,
    /// Scratch memory: how far into the arena, and how much.
    pub scratch: (usize, usize),
    /// A group over the elements of its first output.
    pub tail: Option<Group>,
    /// Whether only the tail reads the first output.
    pub passing: bool,
    /// Kernels that then take, part by part, what is finished (their input 0).
    pub followers: Vec<KernelStep>,
}

/// One piece of elementwise code, run over one or more segments. `P` is how whoever runs it names tensors.
#[derive(Debug)]
pub struct Group<P = Place> {
    /// The code.
    pub code: Code,
    /// What it runs over; all segments fit the code.
    pub segments: Vec<Segment<P>>,
}

/// A straight line of elementwise ops over operands and registers.
#[derive(Debug)]
pub struct Code {
    /// The ops; lane `i` writes register `i`.
    pub lanes: Vec<Lane>,
    /// Dtypes of the operands.
    pub operands: Vec<DType>,
    /// Which registers are stored, in the order of the segments' stores.
    pub stored: Vec<usize>,
}

/// An elementwise op in a group.
#[derive(Debug)]
pub struct Lane {
    /// The op.
    pub op: Arc<dyn Op>,
    /// The part of the program it belongs to.
    pub scope: Option<Arc<str>>,
    /// What it reads.
    pub inputs: Vec<Slot>,
    /// Specs of what it reads in the first segment (only the dtypes are the same in the others).
    pub specs: Vec<Spec>,
    /// Spec of its result in the first segment.
    pub output: Spec,
}

/// What a lane reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The n-th operand of the group.
    Operand(usize),
    /// The result of the n-th lane.
    Register(usize),
}

/// An iteration space with its operands and results.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment<P = Place> {
    /// Dimensions, with as few as the operands' strides allow.
    pub dims: Vec<usize>,
    /// Operands in the order of the code's.
    pub operands: Vec<Operand<P>>,
    /// Results in the order of the code's `stored`.
    pub stores: Vec<Store<P>>,
}

/// A tensor read over an iteration space.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand<P = Place> {
    /// Where it lies.
    pub place: P,
    /// Steps in elements for each dimension of the space; 0 where it repeats.
    pub strides: Vec<usize>,
}

/// A result written to memory, contiguous over the space.
#[derive(Clone, Debug, PartialEq)]
pub struct Store<P = Place> {
    /// Where to.
    pub place: P,
    /// An operand that lies there is still read by later lanes: write when the whole chunk is computed.
    pub late: bool,
}

impl<P> Segment<P> {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Plan {
    /// Steps that are kernels of their own.
    pub fn kernels(&self) -> usize {
        self.steps.iter().filter(|s| matches!(s, Step::Kernel(_))).count()
    }

    /// Bytes that the steps read and write.
    pub fn moved_bytes(&self) -> usize {
        self.steps.iter().map(Step::moved_bytes).sum()
    }
}

impl Step {
    /// Bytes that the step reads and writes.
    pub fn moved_bytes(&self) -> usize {
        // What a follower takes is in cache.
        let follow = |list: &[KernelStep]| -> usize { list.iter().map(|k| k.moved_bytes(1)).sum() };
        match self {
            Step::Kernel(k) => k.moved_bytes(0) + k.tail.as_ref().map_or(0, Group::moved_bytes) + follow(&k.followers),
            Step::Group(g, followers) => g.moved_bytes() + follow(followers),
            Step::Copy(c) => 2 * c.bytes,
        }
    }

    /// Floating multiplications and additions, as far as the ops count theirs.
    pub fn flops(&self) -> f64 {
        match self {
            Step::Kernel(k) => k.flops(),
            Step::Group(g, followers) => g.flops() + followers.iter().map(KernelStep::flops).sum::<f64>(),
            Step::Copy(_) => 0.0,
        }
    }

    /// The parts of the program whose work this step does: one for its kernel, one for each lane.
    pub fn scopes(&self) -> Vec<Option<Arc<str>>> {
        match self {
            // A tail is done while the kernel's result is hot: the time is the kernel's.
            Step::Kernel(k) => vec![k.scope.clone()],
            Step::Group(g, followers) => {
                let lanes = g.code.lanes.iter().map(|l| l.scope.clone());
                lanes.chain(followers.iter().map(|k| k.scope.clone())).collect()
            }
            Step::Copy(_) => vec![None],
        }
    }
}

impl KernelStep {
    /// Bytes of the inputs from the n-th on and of the outputs.
    fn moved_bytes(&self, from: usize) -> usize {
        let size = |s: &Spec| s.len().unwrap_or(0) * s.dtype.size();
        self.inputs[from..].iter().chain(&self.outputs).map(|a| size(&a.spec)).sum()
    }

    fn flops(&self) -> f64 {
        let inputs: Vec<&Spec> = self.inputs.iter().map(|a| &a.spec).collect();
        let outputs: Vec<&Spec> = self.outputs.iter().map(|a| &a.spec).collect();
        let followers: f64 = self.followers.iter().map(KernelStep::flops).sum();
        self.op.flops(&inputs, &outputs) + self.tail.as_ref().map_or(0.0, Group::flops) + followers
    }
}

impl Group {
    fn moved_bytes(&self) -> usize {
        let segment = |s: &Segment| -> usize {
            let read = s.operands.iter().zip(&self.code.operands).map(|(o, d)| {
                let dims = s.dims.iter().zip(&o.strides);
                dims.map(|(&n, &s)| if s == 0 { 1 } else { n }).product::<usize>() * d.size()
            });
            let written = self.code.stored.iter().map(|&r| self.code.lanes[r].output.dtype.size() * s.len());
            read.chain(written).sum()
        };
        self.segments.iter().map(segment).sum()
    }

    fn flops(&self) -> f64 {
        let elements: usize = self.segments.iter().map(Segment::len).sum();
        (elements * self.code.lanes.iter().filter(|l| l.output.dtype.is_float()).count()) as f64
    }
}
