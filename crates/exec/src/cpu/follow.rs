//! Kernels that take a tensor in parts, each as soon as the step that computes it has finished all of its elements.

use kerosene_kernels::{Io, Kernel, Parts, Pool};
use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering::*},
};

/// A kernel of the step, with its addresses among the program's.
pub(crate) struct Call {
    pub kernel: Kernel,
    pub inputs: Range<usize>,
    pub outputs: Range<usize>,
    pub scratch: usize,
}

impl Call {
    /// What the kernel is handed.
    ///
    /// # Safety
    /// `addresses` are those of the program's places.
    pub unsafe fn io<'a>(&self, pool: &'a Pool, addresses: &'a [*mut u8]) -> Io<'a> {
        let inputs = &addresses[self.inputs.clone()];
        // SAFETY: an address that may be written may be read.
        let inputs = unsafe { std::slice::from_raw_parts(inputs.as_ptr().cast::<*const u8>(), inputs.len()) };
        Io {
            inputs,
            outputs: &addresses[self.outputs.clone()],
            scratch: addresses[self.scratch],
            pool,
            tail: None,
            passing: None,
        }
    }
}

/// Such a kernel. The parts depend on the shape alone, whatever the ranges in which the elements are finished.
pub(crate) struct Follower {
    call: Call,
    /// Elements of each part that are not finished yet.
    left: Vec<AtomicUsize>,
}

impl Follower {
    pub fn new(call: Call) -> Self {
        let count = call.kernel.parts.as_ref().map_or(0, Parts::count);
        Self { call, left: (0..count).map(|_| AtomicUsize::new(0)).collect() }
    }

    /// The parts, when the kernel has some for this shape.
    pub fn parts(&self) -> Option<&Parts> {
        self.call.kernel.parts.as_ref()
    }

    /// Before the step.
    pub fn begin(&self) {
        for (i, left) in self.left.iter().enumerate() {
            left.store(self.parts().map_or(0, |p| p.range(i).len()), Relaxed);
        }
    }

    /// Elements are finished: does the parts that they complete.
    ///
    /// # Safety
    /// As [`super::steps::Ready::run`]; each element is reported once.
    pub unsafe fn take(&self, range: Range<usize>, pool: &Pool, addresses: &[*mut u8]) {
        let Some(parts) = self.parts() else { return };
        // SAFETY: passed on.
        let io = unsafe { self.call.io(pool, addresses) };
        for part in range.start / parts.each..range.end.div_ceil(parts.each) {
            let all = parts.range(part);
            let n = all.end.min(range.end) - all.start.max(range.start);
            // Who finishes the last elements sees what the others have written.
            if self.left[part].fetch_sub(n, AcqRel) == n {
                parts.run(&io, part);
            }
        }
    }

    /// After the step.
    ///
    /// # Safety
    /// As [`super::steps::Ready::run`].
    pub unsafe fn end(&self, pool: &Pool, addresses: &[*mut u8]) {
        // SAFETY: passed on.
        let io = unsafe { self.call.io(pool, addresses) };
        // Where there are no parts, this is all of it.
        self.call.kernel.finish(&io);
    }
}
