//! The steps of a plan with their code and their addresses.

use super::{
    fused::{Fused, Shared},
    loops::lowered,
};
use kerosene_ir::{Error, Result};
use kerosene_kernels::{Io, Kernel, Passing, Pool};
use kerosene_ops::Lowered;
use kerosene_plan::{KernelStep, Place, Plan, Step};
use std::ops::Range;

/// One step, ready to run. Ranges count in the addresses of the whole program.
pub(crate) enum Ready {
    Kernel { kernel: Kernel, inputs: Range<usize>, outputs: Range<usize>, scratch: usize, tail: Option<Tail> },
    Group(Fused, usize),
    Copy { at: usize, bytes: usize },
}

/// What follows a kernel.
pub(crate) struct Tail {
    fused: Fused,
    /// Where its addresses begin,
    first: usize,
    /// how many there are,
    count: usize,
    /// and which of them is the kernel's output, if nobody else reads that: its place and the bytes of an element.
    passing: Option<(usize, usize)>,
}

/// Addresses of a tail whose kernel's output is elsewhere.
const MOST: usize = 64;

/// All steps, and the place behind each address they use.
#[derive(Default)]
pub(crate) struct Steps {
    pub list: Vec<Ready>,
    pub places: Vec<Place>,
}

impl Steps {
    /// Finds the code of every step.
    pub fn new(plan: &Plan) -> Result<Self> {
        let mut out = Self::default();
        for step in &plan.steps {
            let ready = match step {
                Step::Kernel(k) => out.kernel(k)?,
                Step::Group(g) => {
                    let first = out.places.len();
                    let mut places = vec![];
                    let fused = Fused::new(g, &mut places)?;
                    out.places.extend(places);
                    Ready::Group(fused, first)
                }
                Step::Copy(c) => {
                    out.places.extend([c.from, c.to]);
                    Ready::Copy { at: out.places.len() - 2, bytes: c.bytes }
                }
            };
            out.list.push(ready);
        }
        Ok(out)
    }

    fn kernel(&mut self, step: &KernelStep) -> Result<Ready> {
        let ins: Vec<_> = step.inputs.iter().map(|a| &a.spec).collect();
        let outs: Vec<_> = step.outputs.iter().map(|a| &a.spec).collect();
        let kernel = match lowered(&*step.op, &ins, &outs)? {
            Lowered::Kernel(kernel) => kernel,
            _ => return Err(Error::internal(format!("{} has no kernel, and does not say so.", step.op.name()))),
        };
        if kernel.scratch > step.scratch.1 {
            return Err(Error::internal(format!("{} wants more scratch memory than it said.", step.op.name())));
        }
        let first = self.places.len();
        self.places.extend(step.inputs.iter().map(|a| a.place));
        let middle = self.places.len();
        self.places.extend(step.outputs.iter().map(|a| a.place));
        let (inputs, outputs) = (first..middle, middle..self.places.len());
        self.places.push(Place::Arena(step.scratch.0));
        let scratch = self.places.len() - 1;
        let tail = match &step.tail {
            None => None,
            Some(group) => {
                let first = self.places.len();
                let mut places = vec![];
                let fused = Fused::new(group, &mut places)?;
                let (count, read) = (places.len(), group.segments[0].operands.len());
                let output = &step.outputs[0];
                let mut own = (0..read).filter(|&i| places[i] == output.place);
                // Read once, element by element, and known to be so.
                let passing = match (own.next(), own.next()) {
                    (Some(i), None)
                        if step.passing && count <= MOST && group.segments[0].operands[i].strides == [1] =>
                    {
                        Some((i, output.spec.dtype.size()))
                    }
                    _ => None,
                };
                self.places.extend(places);
                Some(Tail { fused, first, count, passing })
            }
        };
        Ok(Ready::Kernel { kernel, inputs, outputs, scratch, tail })
    }
}

impl Ready {
    /// Runs the step.
    ///
    /// # Safety
    /// `addresses` are those of the program's places, and nobody else touches what is written.
    pub unsafe fn run(&self, pool: &Pool, addresses: &[*mut u8]) {
        match self {
            Ready::Kernel { kernel, inputs, outputs, scratch, tail } => {
                let inputs = &addresses[inputs.clone()];
                // SAFETY: an address that may be written may be read.
                let inputs = unsafe { std::slice::from_raw_parts(inputs.as_ptr().cast::<*const u8>(), inputs.len()) };
                let (outputs, scratch) = (&addresses[outputs.clone()], addresses[*scratch]);
                let Some(Tail { fused, first, count, passing }) = tail else {
                    return kernel.run(&Io { inputs, outputs, scratch, pool, tail: None, passing: None });
                };
                let shared = &Shared(&addresses[*first..first + count]);
                // SAFETY: the kernel reports each range once, when it is finished with it.
                let tail = move |range: Range<usize>| unsafe { fused.range(range, shared.get()) };
                let passing = passing.map(|(own, size)| {
                    move |range: Range<usize>, at: *const u8| {
                        let mut all = [std::ptr::null_mut(); MOST];
                        all[..*count].copy_from_slice(shared.get());
                        all[own] = at.cast_mut().wrapping_sub(range.start * size);
                        // SAFETY: as above; of the output only this range is read, which lies there.
                        unsafe { fused.range(range, &all[..*count]) };
                    }
                });
                let passing = passing.as_ref().map(|p| p as Passing<'_>);
                kernel.run(&Io { inputs, outputs, scratch, pool, tail: Some(&tail), passing });
            }
            // SAFETY: passed on.
            Ready::Group(fused, first) => unsafe { fused.run(pool, &addresses[*first..]) },
            // SAFETY: both places hold so many bytes; the plan copies between different ones.
            Ready::Copy { at, bytes } => unsafe {
                std::ptr::copy_nonoverlapping(addresses[*at].cast_const(), addresses[at + 1], *bytes);
            },
        }
    }
}
