//! Aligned memory.

use kerosene_ir::{Error, Result};
use std::{
    alloc::{Layout, alloc_zeroed, dealloc},
    ptr::NonNull,
};

/// Alignment of everything the executor owns: a cache line, and the widest vector.
pub const ALIGN: usize = 64;
/// The system's large pages: addresses of what streams through them are found sooner. Larger pieces are aligned to them.
const PAGE: usize = 2 << 20;
/// MADV_COLLAPSE (Linux 6.1), which not every C library names.
#[cfg(target_os = "linux")]
const COLLAPSE: libc::c_int = 25;
/// MADV_POPULATE_WRITE (Linux 5.14), as above.
#[cfg(target_os = "linux")]
const POPULATE: libc::c_int = 23;

/// Whether an error of a device's library says that there is no memory left, as CUDA, cuBLAS, cuDNN and Metal do.
pub(crate) fn is_exhausted(text: &str) -> bool {
    const WORDS: [&str; 4] =
        ["OUT_OF_MEMORY", "ALLOC_FAILED", "out of memory", "Failed to create metal resource: Buffer"];
    WORDS.iter().any(|words| text.contains(words))
}

/// A zeroed piece of memory aligned to [`ALIGN`] at least.
#[derive(Debug)]
pub struct Memory {
    start: NonNull<u8>,
    taken: NonNull<u8>,
    layout: Layout,
    /// How many whole large pages there could be.
    pages: usize,
}

impl Memory {
    /// Takes `bytes` zeroed bytes, or says that they cannot be had.
    pub fn new(bytes: usize, what: &str) -> Result<Self> {
        let too_big = || Error::memory(format!("{what} needs {bytes} bytes of memory, which cannot be had."));
        // The system gives large pieces of zeros without writing them, but only where it is asked for no alignment of ours:
        // a model's weights would keep the thread that makes it busy for seconds.
        let align = if bytes >= 2 * PAGE { PAGE } else { ALIGN };
        let layout = bytes.checked_add(align).and_then(|n| Layout::from_size_align(n, 1).ok()).ok_or_else(too_big)?;
        // SAFETY: the layout is not empty.
        let taken = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(too_big)?;
        // SAFETY: the offset is less than the alignment, which was taken on top.
        let start = unsafe { taken.add(taken.align_offset(align)) };
        Ok(Self { start, taken, layout, pages: if align == PAGE { bytes / PAGE } else { 0 } })
    }

    /// The first byte.
    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// How many whole large pages there could be; 0 for small pieces.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Has the system lay out the memory of such a page, which else costs an interruption for every 4 kB of it that is touched.
    pub fn populate(&self, page: usize) {
        assert!(page < self.pages);
        #[cfg(target_os = "linux")]
        // SAFETY: advice on memory of our own, whose contents stay. Where the system does not know it, nothing happens.
        unsafe {
            libc::madvise(self.start().add(page * PAGE).cast(), PAGE, POPULATE)
        };
    }

    /// Makes one more of its pages a large one, after `done` of them. Whether that is done; not when there is none left to be made,
    /// or the system has no such pages.
    pub fn enlarge(&self, done: usize) -> bool {
        if done >= self.pages {
            return false;
        }
        #[cfg(target_os = "linux")]
        // SAFETY: advice on a page of our own memory, whose contents stay.
        return unsafe { libc::madvise(self.start().add(done * PAGE).cast(), PAGE, COLLAPSE) } == 0;
        #[cfg(not(target_os = "linux"))]
        false
    }
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

#[cfg(test)]
mod tests {
    use super::is_exhausted;

    #[test]
    fn a_device_without_memory_is_recognised() {
        let full = [
            r#"DriverError(CUDA_ERROR_OUT_OF_MEMORY, "out of memory")"#,
            r#"matmul: CublasError(CUBLAS_STATUS_ALLOC_FAILED)"#,
            r#"CudnnError(CUDNN_STATUS_ALLOC_FAILED)"#,
            r#"Metal error Failed to create metal resource: Buffer"#,
        ];
        assert!(full.iter().all(|text| is_exhausted(text)));
        assert!(!is_exhausted(
            r#"DriverError(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered")"#
        ));
    }
}
