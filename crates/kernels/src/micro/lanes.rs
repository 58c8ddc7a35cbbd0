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
    /// Four columns of a matrix with so many rows as a vector has elements, whose rows are `row` apart.
    unsafe fn columns(from: *const f32, row: usize) -> [Self; 4];
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
    pub struct Avx512(pub __m512);

    #[inline(always)]
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
        #[inline(always)]
        unsafe fn columns(from: *const f32, row: usize) -> [Self; 4] {
            unsafe {
                // Every fourth row side by side; then the quarters are transposed, each in itself.
                let mut r = [_mm512_setzero_ps(); 4];
                for (j, r) in r.iter_mut().enumerate() {
                    let from = from.wrapping_add(j * row);
                    *r = _mm512_castps128_ps512(_mm_loadu_ps(from));
                    *r = _mm512_insertf32x4(*r, _mm_loadu_ps(from.wrapping_add(4 * row)), 1);
                    *r = _mm512_insertf32x4(*r, _mm_loadu_ps(from.wrapping_add(8 * row)), 2);
                    *r = _mm512_insertf32x4(*r, _mm_loadu_ps(from.wrapping_add(12 * row)), 3);
                }
                let (a, b) = (_mm512_unpacklo_ps(r[0], r[1]), _mm512_unpacklo_ps(r[2], r[3]));
                let (c, d) = (_mm512_unpackhi_ps(r[0], r[1]), _mm512_unpackhi_ps(r[2], r[3]));
                let (ab, cd) = (_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(c, d, 0x44));
                [Self(ab), Self(_mm512_shuffle_ps(a, b, 0xEE)), Self(cd), Self(_mm512_shuffle_ps(c, d, 0xEE))]
            }
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
        #[inline(always)]
        unsafe fn columns(from: *const f32, row: usize) -> [Self; 4] {
            unsafe {
                // As above.
                let mut r = [_mm256_setzero_ps(); 4];
                for (j, r) in r.iter_mut().enumerate() {
                    let from = from.wrapping_add(j * row);
                    *r = _mm256_castps128_ps256(_mm_loadu_ps(from));
                    *r = _mm256_insertf128_ps(*r, _mm_loadu_ps(from.wrapping_add(4 * row)), 1);
                }
                let (a, b) = (_mm256_unpacklo_ps(r[0], r[1]), _mm256_unpacklo_ps(r[2], r[3]));
                let (c, d) = (_mm256_unpackhi_ps(r[0], r[1]), _mm256_unpackhi_ps(r[2], r[3]));
                let (ab, cd) = (_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(c, d, 0x44));
                [Self(ab), Self(_mm256_shuffle_ps(a, b, 0xEE)), Self(cd), Self(_mm256_shuffle_ps(c, d, 0xEE))]
            }
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
        #[inline(always)]
        unsafe fn columns(from: *const f32, row: usize) -> [Self; 4] {
            unsafe {
                let (r, s) = (vld1q_f32(from), vld1q_f32(from.wrapping_add(row)));
                let (t, u) = (vld1q_f32(from.wrapping_add(2 * row)), vld1q_f32(from.wrapping_add(3 * row)));
                let (a, b) = (vzip1q_f32(r, s), vzip1q_f32(t, u));
                let (c, d) = (vzip2q_f32(r, s), vzip2q_f32(t, u));
                let low = |x, y| Self(vcombine_f32(vget_low_f32(x), vget_low_f32(y)));
                let high = |x, y| Self(vcombine_f32(vget_high_f32(x), vget_high_f32(y)));
                [low(a, b), high(a, b), low(c, d), high(c, d)]
            }
        }
        some!();
    }
}
