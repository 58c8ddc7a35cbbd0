//! What a kernel is handed when it runs.

use crate::Pool;
use std::ops::Range;

/// Called with ranges of output elements that are finished, each exactly once, while they are still in cache.
pub type Tail<'a> = &'a (dyn Fn(Range<usize>) + Sync);

/// The same with where the elements of the range lie: not in the output, which nobody else reads.
pub type Passing<'a> = &'a (dyn Fn(Range<usize>, *const u8) + Sync);

/// Tells of a finished block of a matrix with `width` columns, whose elements are counted as if it were contiguous.
pub(crate) fn tell(tail: Option<Tail<'_>>, width: usize, rows: Range<usize>, columns: Range<usize>) {
    let Some(tail) = tail else { return };
    if columns.len() == width {
        return tail(rows.start * width..rows.end * width);
    }
    rows.for_each(|r| tail(r * width + columns.start..r * width + columns.end));
}

type Run = dyn Fn(&Io<'_>) + Send + Sync;
type RunPart = dyn Fn(&Io<'_>, usize) + Send + Sync;

/// A computation prepared for one set of shapes and dtypes.
pub struct Kernel {
    /// Bytes of scratch memory it wants, aligned to 64.
    pub scratch: usize,
    /// How it takes input 0 in parts, when it does.
    pub parts: Option<Parts>,
    run: Box<Run>,
}

/// A kernel's work on input 0 in parts, each once, in any order and on any thread; then [`Kernel::finish`].
pub struct Parts {
    /// Elements of a part; the last may have fewer.
    pub each: usize,
    /// Elements of all.
    pub len: usize,
    run: Box<RunPart>,
}

impl Parts {
    /// Number of parts.
    pub fn count(&self) -> usize {
        self.len.div_ceil(self.each)
    }

    /// The elements of a part.
    pub fn range(&self, part: usize) -> Range<usize> {
        part * self.each..((part + 1) * self.each).min(self.len)
    }

    /// Does the work on a part.
    pub fn run(&self, io: &Io<'_>, part: usize) {
        (self.run)(io, part);
    }
}

impl Kernel {
    /// A kernel from the function that runs it.
    pub fn new(run: impl Fn(&Io<'_>) + Send + Sync + 'static) -> Self {
        Self { scratch: 0, parts: None, run: Box::new(run) }
    }

    /// A kernel that works on parts of `each` of the `len` elements of input 0, and then `finish`es.
    pub fn in_parts(
        each: usize,
        len: usize,
        part: impl Fn(&Io<'_>, usize) + Send + Sync + 'static,
        finish: impl Fn(&Io<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self { scratch: 0, parts: Some(Parts { each, len, run: Box::new(part) }), run: Box::new(finish) }
    }

    /// Asks for scratch memory; its contents are undefined at each run.
    pub fn with_scratch(mut self, bytes: usize) -> Self {
        self.scratch = bytes;
        self
    }

    /// Runs it.
    pub fn run(&self, io: &Io<'_>) {
        if let Some(parts) = &self.parts {
            io.pool.run(parts.count(), &|part| parts.run(io, part));
        }
        self.finish(io);
    }

    /// What remains when every part is done.
    pub fn finish(&self, io: &Io<'_>) {
        (self.run)(io);
    }
}

/// Buffers of one run: raw addresses, because the plan decides what lies where and proves that outputs do not overlap what is
/// still read.
pub struct Io<'a> {
    /// Addresses of the inputs.
    pub inputs: &'a [*const u8],
    /// Addresses of the outputs.
    pub outputs: &'a [*mut u8],
    /// Scratch of the size the kernel asked for.
    pub scratch: *mut u8,
    /// Threads.
    pub pool: &'a Pool,
    /// What follows on finished ranges; a kernel whose op declares `tail` calls [`Io::finished`].
    pub tail: Option<Tail<'a>>,
    /// The tail again, where only it reads the output: a kernel may compute that elsewhere and write nothing.
    pub passing: Option<Passing<'a>>,
}

impl Io<'_> {
    /// Input `i` as a slice.
    ///
    /// # Safety
    /// The input holds `len` elements of `T`, and nothing writes to them meanwhile.
    pub unsafe fn input<T>(&self, i: usize, len: usize) -> &[T] {
        // SAFETY: the caller vouches for type, length and quiet.
        unsafe { std::slice::from_raw_parts(self.inputs[i].cast(), len) }
    }

    /// The address of input `i`.
    pub fn address(&self, i: usize) -> *const u8 {
        self.inputs[i]
    }

    /// Output `i` as a slice.
    ///
    /// # Safety
    /// The output holds `len` elements of `T`, and nobody else touches them meanwhile.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn output<T>(&self, i: usize, len: usize) -> &mut [T] {
        // SAFETY: the caller vouches for type, length and exclusiveness.
        unsafe { std::slice::from_raw_parts_mut(self.outputs[i].cast(), len) }
    }

    /// Scratch as a slice.
    ///
    /// # Safety
    /// The kernel asked for at least `len` elements of `T` and takes the slice once.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn scratch<T>(&self, len: usize) -> &mut [T] {
        // SAFETY: the caller vouches for the size and for taking it once.
        unsafe { std::slice::from_raw_parts_mut(self.scratch.cast(), len) }
    }

    /// Reports finished output elements to the tail, if there is one.
    pub fn finished(&self, range: Range<usize>) {
        if let Some(tail) = self.tail {
            tail(range);
        }
    }

    /// Reports a finished output of `len` elements, shared among the threads.
    pub fn all_finished(&self, len: usize) {
        const GRAIN: usize = 16 * 1024;
        if self.tail.is_some() {
            self.pool.run(len.div_ceil(GRAIN), &|task| self.finished(task * GRAIN..((task + 1) * GRAIN).min(len)));
        }
    }
}

// SAFETY: the addresses are shared with pool threads only inside one run, under the plan's promise of disjoint writes.
unsafe impl Sync for Io<'_> {}
