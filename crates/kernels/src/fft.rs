//! Discrete Fourier transforms of any length.

use crate::Kernel;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner, num_complex::Complex};
use std::sync::Arc;

/// The transform of float32, see `fft`. The plans are made in this crate, where they are compiled once.
pub fn fft_f32(len: usize, n: usize, inverse: bool) -> Kernel {
    fft::<f32>(len, n, inverse)
}

/// The transform of float64, see `fft`.
pub fn fft_f64(len: usize, n: usize, inverse: bool) -> Kernel {
    fft::<f64>(len, n, inverse)
}

/// The transform of each run of `n` among `len` elements: inputs are the real and imaginary parts, the output holds both one after the
/// other. Not normalised.
fn fft<T: FftNum>(len: usize, n: usize, inverse: bool) -> Kernel {
    let direction = if inverse { FftDirection::Inverse } else { FftDirection::Forward };
    let plan: Option<Arc<dyn Fft<T>>> = (n > 0).then(|| FftPlanner::new().plan_fft(n, direction));
    let work = plan.as_ref().map_or(0, |p| p.get_inplace_scratch_len());
    let scratch = (n + work) * size_of::<Complex<T>>();
    Kernel::new(move |io| {
        let Some(plan) = &plan else { return };
        // SAFETY: the plan gives buffers of these sizes and the scratch asked for, which is written before it is read.
        let (re, im, out, scratch) = unsafe {
            (
                io.input::<T>(0, len),
                io.input::<T>(1, len),
                io.output::<T>(0, 2 * len),
                io.scratch::<Complex<T>>(n + work),
            )
        };
        scratch.fill(Complex::new(T::zero(), T::zero()));
        let (row, work) = scratch.split_at_mut(n);
        let (out_re, out_im) = out.split_at_mut(len);
        for start in (0..len).step_by(n) {
            for (k, z) in row.iter_mut().enumerate() {
                *z = Complex::new(re[start + k], im[start + k]);
            }
            plan.process_with_scratch(row, work);
            for (k, z) in row.iter().enumerate() {
                (out_re[start + k], out_im[start + k]) = (z.re, z.im);
            }
        }
    })
    .with_scratch(scratch)
}
