//! The steps of a plan with their code and their addresses.

use super::{
    follow::{Call, Follower},
    fused::{Fused, Shared},
    loops::lowered,
};
use kerosene_ir::{Error, Result};
use kerosene_kernels::{Io, Passing, Pool};
use kerosene_ops::Lowered;
use kerosene_plan::{Group, KernelStep, Place, Plan, Step};
use std::ops::Range;

/// One step, ready to run. Ranges count in the addresses of the whole program.
pub(crate) enum Ready {
    Kernel { call: Call, tail: Option<Tail>, followers: Vec<Follower> },
    Group { fused: Fused, first: usize, followers: Vec<Follower> },
    Copy { at: usize, bytes: usize },
}

/// What follows a kernel, element by element.
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
                Step::Group(g, followers) => {
                    let (fused, first) = out.group(g)?;
                    Ready::Group { fused, first, followers: out.followers(followers)? }
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
        let call = self.call(step)?;
        let tail = step.tail.as_ref().map(|group| self.tail(step, group)).transpose()?;
        Ok(Ready::Kernel { call, tail, followers: self.followers(&step.followers)? })
    }

    fn call(&mut self, step: &KernelStep) -> Result<Call> {
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
        Ok(Call { kernel, inputs, outputs, scratch: self.places.len() - 1 })
    }

    /// A group, and where its addresses begin.
    fn group(&mut self, group: &Group) -> Result<(Fused, usize)> {
        let (first, mut places) = (self.places.len(), vec![]);
        let fused = Fused::new(group, &mut places)?;
        self.places.extend(places);
        Ok((fused, first))
    }

    fn tail(&mut self, step: &KernelStep, group: &Group) -> Result<Tail> {
        let (fused, first) = self.group(group)?;
        let (places, operands) = (&self.places[first..], &group.segments[0].operands);
        let output = &step.outputs[0];
        let mut own = (0..operands.len()).filter(|&i| places[i] == output.place);
        // Read once, element by element, and known to be so.
        let passing = match (own.next(), own.next()) {
            (Some(i), None) if step.passing && places.len() <= MOST && operands[i].strides == [1] => {
                Some((i, output.spec.dtype.size()))
            }
            _ => None,
        };
        Ok(Tail { fused, first, count: places.len(), passing })
    }

    fn followers(&mut self, steps: &[KernelStep]) -> Result<Vec<Follower>> {
        steps.iter().map(|step| self.call(step).map(Follower::new)).collect()
    }
}

impl Ready {
    /// Runs the step.
    ///
    /// # Safety
    /// `addresses` are those of the program's places, and nobody else touches what is written.
    pub unsafe fn run(&self, pool: &Pool, addresses: &[*mut u8]) {
        match self {
            Ready::Kernel { call, tail, followers } => {
                // SAFETY: passed on.
                let io = unsafe { call.io(pool, addresses) };
                if tail.is_none() && followers.is_empty() {
                    return call.kernel.run(&io);
                }
                let shared = &Shared(addresses);
                // SAFETY: the kernel reports each range once, when it is finished with it.
                let take = |range: &Range<usize>| unsafe {
                    followers.iter().for_each(|f| f.take(range.clone(), pool, shared.get()));
                };
                let finished = |range: Range<usize>| {
                    if let Some(Tail { fused, first, .. }) = tail {
                        // SAFETY: as above.
                        unsafe { fused.range(range.clone(), &shared.get()[*first..]) };
                    }
                    take(&range);
                };
                let elsewhere = tail.as_ref().and_then(|t| t.passing.map(|(own, size)| (t, own, size)));
                let passing = elsewhere.map(|(Tail { fused, first, count, .. }, own, size)| {
                    move |range: Range<usize>, at: *const u8| {
                        let mut all = [std::ptr::null_mut(); MOST];
                        all[..*count].copy_from_slice(&shared.get()[*first..first + count]);
                        all[own] = at.cast_mut().wrapping_sub(range.start * size);
                        // SAFETY: as above; of the output only this range is read, which lies there.
                        unsafe { fused.range(range.clone(), &all[..*count]) };
                        take(&range);
                    }
                });
                let passing = passing.as_ref().map(|p| p as Passing<'_>);
                followers.iter().for_each(Follower::begin);
                call.kernel.run(&Io { tail: Some(&finished), passing, ..io });
                // SAFETY: passed on; every element is finished.
                followers.iter().for_each(|f| unsafe { f.end(pool, addresses) });
            }
            // SAFETY: passed on.
            Ready::Group { fused, first, followers } => unsafe { group(fused, *first, followers, pool, addresses) },
            // SAFETY: both places hold so many bytes; the plan copies between different ones.
            Ready::Copy { at, bytes } => unsafe {
                std::ptr::copy_nonoverlapping(addresses[*at].cast_const(), addresses[at + 1], *bytes);
            },
        }
    }
}

/// Runs a group; where kernels follow, in their parts.
///
/// # Safety
/// As [`Ready::run`].
unsafe fn group(fused: &Fused, first: usize, followers: &[Follower], pool: &Pool, addresses: &[*mut u8]) {
    match followers.iter().find_map(Follower::parts) {
        // SAFETY: passed on.
        None => unsafe { fused.run(pool, &addresses[first..]) },
        Some(parts) => {
            followers.iter().for_each(Follower::begin);
            let shared = Shared(addresses);
            pool.run(parts.count(), &|part| {
                let range = parts.range(part);
                // SAFETY: the parts do not overlap.
                unsafe {
                    fused.range(range.clone(), &shared.get()[first..]);
                    followers.iter().for_each(|f| f.take(range.clone(), pool, shared.get()));
                }
            });
        }
    }
    // SAFETY: passed on; every element is finished.
    followers.iter().for_each(|f| unsafe { f.end(pool, addresses) });
}
