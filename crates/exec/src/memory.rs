//! Aligned memory.

use kerosene_ir::{Error, Result};
use std::{
    alloc::{Layout, alloc_zeroed, dealloc},
    ptr::NonNull,
};

/// Alignment of everything the executor owns: a cache line, and the widest vector.
pub const ALIGN: usize = 64;

/// A zeroed piece of memory aligned to [`ALIGN`].
#[derive(Debug)]
pub struct Memory {
    start: NonNull<u8>,
    taken: NonNull<u8>,
    layout: Layout,
}

impl Memory {
    /// Takes `bytes` zeroed bytes, or says that they cannot be had.
    pub fn new(bytes: usize, what: &str) -> Result<Self> {
        let too_big = || Error::value(format!("{what} needs {bytes} bytes of memory, which cannot be had."));
        // The system gives large pieces of zeros without writing them, but only where it is asked for no alignment of ours:
        // a model's weights would keep the thread that makes it busy for seconds.
        let layout = bytes.checked_add(ALIGN).and_then(|n| Layout::from_size_align(n, 1).ok()).ok_or_else(too_big)?;
        // SAFETY: the layout is not empty.
        let taken = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(too_big)?;
        // SAFETY: the offset is less than ALIGN, which was taken on top.
        let start = unsafe { taken.add(taken.align_offset(ALIGN)) };
        in_large_pages(taken, layout.size());
        Ok(Self { start, taken, layout })
    }

    /// The first byte.
    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }
}

/// Asks for pages of 2 MB where there are so many bytes: with small ones, finding their addresses takes as long as reading them.
fn in_large_pages(start: NonNull<u8>, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        const LARGE: usize = 2 << 20;
        let before = start.align_offset(LARGE);
        let inside = bytes.saturating_sub(before) / LARGE * LARGE;
        if inside > 0 {
            // SAFETY: whole pages of a piece that is ours; only how they are kept changes. A refusal is none of our business.
            unsafe { libc::madvise(start.add(before).as_ptr().cast(), inside, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, bytes);
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout in `new`.
        unsafe { dealloc(self.taken.as_ptr(), self.layout) }
    }
}

// SAFETY: plain memory; who may touch it when is decided by the owners (a variable's lock, a program's state).
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}
