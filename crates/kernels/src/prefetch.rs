//! Asking for memory before it is read.

/// Bytes that are asked for at a time.
const LINE: usize = 64;

/// Rows of so many bytes to ask for before they are read, when they come from all over memory: none when there is little of each.
pub fn ahead(row: usize) -> usize {
    const ROOM: usize = 4 << 10;
    if row < LINE { 0 } else { (ROOM / row).clamp(1, 16) }
}

/// Asks for the lines of `bytes` bytes from `at` on, which need not be there.
#[inline(always)]
pub fn prefetch(at: *const u8, bytes: usize) {
    for i in (0..bytes).step_by(LINE) {
        line(at.wrapping_add(i));
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn line(at: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a hint to the processor, which reads nothing.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
}

/// Other processors are left to find out themselves.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn line(_: *const u8) {}
