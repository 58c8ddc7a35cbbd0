//! Rows brought to variance 1, and to mean 0 if asked.

use crate::{Io, Kernel, math::Real, shared::Shared, simd, softmax::total};

/// Elements one task computes, about.
const GRAIN: usize = 8 * 1024;
/// Elements after which the tail may follow, about: they are still in the first cache.
const HOT: usize = 2 * 1024;

/// How rows are standardised.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Number of rows.
    pub rows: usize,
    /// Elements of a row.
    pub n: usize,
    /// Added to the variance.
    pub epsilon: f64,
    /// Whether the mean is taken away.
    pub center: bool,
}

/// Σ f(x, y), in lanes.
#[inline(always)]
pub(crate) fn total_of<T: Real>(x: &[T], y: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut lanes = [T::ZERO; 16];
    let (xs, ys) = (x.chunks_exact(16), y.chunks_exact(16));
    for ((lane, &x), &y) in lanes.iter_mut().zip(xs.remainder()).zip(ys.remainder()) {
        *lane += f(x, y);
    }
    for (x, y) in xs.zip(ys) {
        for k in 0..16 {
            lanes[k] += f(x[k], y[k]);
        }
    }
    total(&lanes)
}

impl Standard {
    /// The mean that is taken away, and 1 / √(variance + ε).
    #[inline(always)]
    fn of<T: Real>(&self, x: &[T]) -> (T, T) {
        let each = T::from_f64(1.0 / self.n as f64);
        let mean = if self.center { total(x) * each } else { T::ZERO };
        let square = total_of(x, x, |v, _| (v - mean) * (v - mean));
        (mean, T::ONE / (square * each + T::from_f64(self.epsilon)).sqrt())
    }

    /// Calls `row(i, out)` for each row of the output, shared among the threads, and the tail on rows that are finished.
    fn each<T: Real>(self, io: &Io<'_>, row: impl Fn(usize, &mut [T]) + Sync) {
        let Self { rows, n, .. } = self;
        if n == 0 {
            return;
        }
        // SAFETY: the output has `rows · n` elements.
        let target = &Shared::new(unsafe { io.output::<T>(0, rows * n) });
        let (tasks, some) = ((rows * n).div_ceil(GRAIN).clamp(1, rows.max(1)), HOT.div_ceil(n));
        io.pool.run(tasks, &|task| {
            let (mut at, end) = (rows * task / tasks, rows * (task + 1) / tasks);
            while at < end {
                let next = (at + some).min(end);
                simd(
                    #[inline(always)]
                    || {
                        for i in at..next {
                            // SAFETY: row `i` of the output, which no other task touches.
                            row(i, unsafe { target.slice(i * n, n) });
                        }
                    },
                );
                io.finished(at * n..next * n);
                at = next;
            }
        });
    }

    /// (x − mean) / √(variance + ε) of each row.
    pub fn forward<T: Real>(self) -> Kernel {
        Kernel::new(move |io| {
            // SAFETY: the input has `rows · n` elements.
            let x = unsafe { io.input::<T>(0, self.rows * self.n) };
            self.each(
                io,
                #[inline(always)]
                |i, out: &mut [T]| {
                    let x = &x[i * self.n..][..self.n];
                    let (mean, scale) = self.of(x);
                    for (o, &v) in out.iter_mut().zip(x) {
                        *o = (v - mean) * scale;
                    }
                },
            );
        })
    }

    /// Of x and the gradient g of the result: the gradient of x. The statistics are taken again, which costs less than keeping them.
    pub fn backward<T: Real>(self) -> Kernel {
        Kernel::new(move |io| {
            let len = self.rows * self.n;
            // SAFETY: the inputs have `rows · n` elements.
            let (x, g) = unsafe { (io.input::<T>(0, len), io.input::<T>(1, len)) };
            self.each(
                io,
                #[inline(always)]
                |i, out: &mut [T]| {
                    let row = i * self.n..(i + 1) * self.n;
                    let (x, g) = (&x[row.clone()], &g[row]);
                    let each = T::from_f64(1.0 / self.n as f64);
                    let (mean, scale) = self.of(x);
                    let lift = if self.center { total(g) * each } else { T::ZERO };
                    let slope = total_of(x, g, |v, g| g * (v - mean)) * each * scale * scale;
                    for ((o, &v), &g) in out.iter_mut().zip(x).zip(g) {
                        *o = (g - lift - (v - mean) * slope) * scale;
                    }
                },
            );
        })
    }
}
