//! Vectors of the instruction sets.

/// A vector of `f32`. All functions want the instruction set that the type stands for.
pub(crate) trait Lanes: Copy {
    const LANES: usize;
    unsafe fn zero() -> Self;
    unsafe fn load(at: *const f32) -> Self;
    /// The first `n` elements, and zeros.
    unsafe fn load_some(at: *const f32, n: usize) -> Self;
    unsafe fn splat(at: *const f32) -> Self;
    /// self + a · b
    unsafe fn fma(self, a: Self, b: Self) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn store(self, at: *mut f32);
    /// The first `n` elements.
    unsafe fn store_some(self, at: *mut f32, n: usize);
    unsafe fn sum(self) -> f32;
    /// Brings a line of memory into the second cache, where there is a way to ask for it.
    #[inline(always)]
    unsafe fn fetch(_at: *const f32) {}
}

macro_rules! some {
    () => {
        #[inline(always)]
        unsafe fn load_some(at: *const f32, n: usize) -> Self {
            let mut all = [0f32; 16];
            // SAFETY: the caller vouches for n elements.
            unsafe {
                std::ptr::copy_nonoverlapping(at, all.as_mut_ptr(), n.min(Self::LANES));
                Self::load(all.as_ptr())
            }
        }

        #[inline(always)]
        unsafe fn store_some(self, at: *mut f32, n: usize) {
            let mut all = [0f32; 16];
            // SAFETY: the caller vouches for n elements.
            unsafe {
                self.store(all.as_mut_ptr());
                std::ptr::copy_nonoverlapping(all.as_ptr(), at, n.min(Self::LANES));
            }
        }

        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            let mut all = [0f32; 16];
            // SAFETY: the array holds a vector.
            unsafe { self.store(all.as_mut_ptr()) };
            let mut half = Self::LANES / 2;
            while half > 0 {
                for i in 0..half {
                    all[i] += all[i + half];
                }
                half /= 2;
            }
            all[0]
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub struct Avx512(__m512);

    fn mask(n: usize) -> __mmask16 {
        ((1u32 << n.min(16)) - 1) as __mmask16
    }

    #[allow(clippy::undocumented_unsafe_blocks)] // Each is one instruction, for which the trait's caller vouches.
    impl Lanes for Avx512 {
        const LANES: usize = 16;
        #[inline(always)]
        unsafe fn zero() -> Self {
            Self(unsafe { _mm512_setzero_ps() })
        }
        #[inline(always)]
        unsafe fn load(at: *const f32) -> Self {
            Self(unsafe { _mm512_loadu_ps(at) })
        }
        #[inline(always)]
        unsafe fn load_some(at: *const f32, n: usize) -> Self {
            Self(unsafe { _mm512_maskz_loadu_ps(mask(n), at) })
        }
        #[inline(always)]
        unsafe fn splat(at: *const f32) -> Self {
            Self(unsafe { _mm512_set1_ps(*at) })
        }
        #[inline(always)]
        unsafe fn fma(self, a: Self, b: Self) -> Self {
            Self(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { _mm512_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut f32) {
            unsafe { _mm512_storeu_ps(at, self.0) }
        }
        #[inline(always)]
        unsafe fn store_some(self, at: *mut f32, n: usize) {
            unsafe { _mm512_mask_storeu_ps(at, mask(n), self.0) }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            unsafe { _mm512_reduce_add_ps(self.0) }
        }
        #[inline(always)]
        unsafe fn fetch(at: *const f32) {
            unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
        }
    }

    #[derive(Clone, Copy)]
    pub struct Avx2(__m256);

    #[allow(clippy::undocumented_unsafe_blocks)] // As above.
    impl Lanes for Avx2 {
        const LANES: usize = 8;
        #[inline(always)]
        unsafe fn zero() -> Self {
            Self(unsafe { _mm256_setzero_ps() })
        }
        #[inline(always)]
        unsafe fn load(at: *const f32) -> Self {
            Self(unsafe { _mm256_loadu_ps(at) })
        }
        #[inline(always)]
        unsafe fn splat(at: *const f32) -> Self {
            Self(unsafe { _mm256_broadcast_ss(&*at) })
        }
        #[inline(always)]
        unsafe fn fma(self, a: Self, b: Self) -> Self {
            Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut f32) {
            unsafe { _mm256_storeu_ps(at, self.0) }
        }
        #[inline(always)]
        unsafe fn fetch(at: *const f32) {
            unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
        }
        some!();
    }
}

#[cfg(target_arch = "aarch64")]
pub(crate) mod arm {
    use super::Lanes;
    use std::arch::aarch64::*;

    #[derive(Clone, Copy)]
    pub struct Neon(float32x4_t);

    #[allow(clippy::undocumented_unsafe_blocks)] // Each is one instruction, for which the trait's caller vouches.
    impl Lanes for Neon {
        const LANES: usize = 4;
        #[inline(always)]
        unsafe fn zero() -> Self {
            Self(unsafe { vdupq_n_f32(0.0) })
        }
        #[inline(always)]
        unsafe fn load(at: *const f32) -> Self {
            Self(unsafe { vld1q_f32(at) })
        }
        #[inline(always)]
        unsafe fn splat(at: *const f32) -> Self {
            Self(unsafe { vld1q_dup_f32(at) })
        }
        #[inline(always)]
        unsafe fn fma(self, a: Self, b: Self) -> Self {
            Self(unsafe { vfmaq_f32(self.0, a.0, b.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { vaddq_f32(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut f32) {
            unsafe { vst1q_f32(at, self.0) }
        }
        some!();
    }
}
