//! Numbers too small to be worth their cost.

/// Restores the thread's floating-point mode when dropped.
pub struct Quiet(#[allow(dead_code, reason = "not every architecture has a mode to restore")] u64);

/// Treats denormal numbers as zero on this thread while the result lives, as other frameworks do: the decaying averages of an
/// optimizer reach them, and arithmetic on them is a hundred times slower.
#[must_use]
pub fn quiet_denormals() -> Quiet {
    let old = mode();
    #[cfg(target_arch = "x86_64")]
    set_mode(old | 0x8040);
    #[cfg(target_arch = "aarch64")]
    set_mode(old | 1 << 24);
    Quiet(old)
}

impl Drop for Quiet {
    fn drop(&mut self) {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        set_mode(self.0);
    }
}

#[cfg(target_arch = "x86_64")]
fn mode() -> u64 {
    let mut csr = 0u32;
    // SAFETY: stores the control register to a local.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &mut csr, options(nostack, preserves_flags)) };
    csr as u64
}

#[cfg(target_arch = "x86_64")]
fn set_mode(mode: u64) {
    let csr = mode as u32;
    // SAFETY: a value read by `mode`, with at most flush-to-zero and denormals-are-zero added.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &csr, options(nostack, preserves_flags, readonly)) };
}

#[cfg(target_arch = "aarch64")]
fn mode() -> u64 {
    let fpcr: u64;
    // SAFETY: reads the control register.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) fpcr, options(nomem, nostack, preserves_flags)) };
    fpcr
}

#[cfg(target_arch = "aarch64")]
fn set_mode(mode: u64) {
    // SAFETY: a value read by `mode`, with at most flush-to-zero added.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) mode, options(nomem, nostack, preserves_flags)) };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn mode() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn denormals_are_quiet_only_while_asked() {
        let half = |x: f32| black_box(x) * black_box(0.5);
        assert!(half(f32::MIN_POSITIVE) > 0.0);
        {
            let _quiet = quiet_denormals();
            assert_eq!(half(f32::MIN_POSITIVE), 0.0);
        }
        assert!(half(f32::MIN_POSITIVE) > 0.0);
    }
}
