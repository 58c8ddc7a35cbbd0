//! Statistics of each channel of a tensor (outer, channels, inner).
//!
//! The work is cut into units that depend on the shape alone, and their results are joined in a fixed order, so the bits do not
//! depend on how many threads there are. Means and squared distances of two parts are joined as Chan, Golub and LeVeque do
//! (*Updating formulae and a pairwise algorithm for computing sample variances*, 1979), which reads the tensor once.

use crate::{Io, Kernel, math::Real, shared::Shared, simd, softmax::total, standardize::total_of};

/// Elements a unit reads, about: they stay in the second cache for a second look.
const UNIT: usize = 16 * 1024;
/// Rows of a unit: longer sums would lose digits.
const ROWS: usize = 256;

/// A tensor with an axis of channels.
#[derive(Clone, Copy, Debug)]
pub struct Channels {
    /// Product of the dimensions before.
    pub outer: usize,
    /// Length of the axis.
    pub channels: usize,
    /// Product of the dimensions behind.
    pub inner: usize,
}

/// Numbers of a part: how many elements, and two sums for each channel.
type Join<T> = fn(seen: usize, sums: [&mut [T]; 2], n: usize, part: [&[T]; 2]);

/// Columns that are summed up side by side, in registers.
const SIDE: usize = 64;

/// The sums of the columns of some rows, one for each of `centers`: `of` is given an element's place, which is within the rows, and its
/// column's center.
#[allow(clippy::needless_range_loop)] // Counted by a constant, the sums stay in registers.
#[inline(always)]
fn columns<T: Real>(centers: &[T], rows: usize, sums: &mut [T], of: impl Fn(usize, T) -> T) {
    let c = centers.len();
    if SIDE.is_multiple_of(c) {
        // Some rows are as wide as what is summed up side by side.
        let (mut side, mut near, whole) = ([T::ZERO; SIDE], [T::ZERO; SIDE], rows * c / SIDE * SIDE);
        near.chunks_exact_mut(c).for_each(|near| near.copy_from_slice(centers));
        for first in (0..whole).step_by(SIDE) {
            for i in 0..SIDE {
                side[i] += of(first + i, near[i]);
            }
        }
        sums.fill(T::ZERO);
        for side in side.chunks_exact(c) {
            sums.iter_mut().zip(side).for_each(|(s, &v)| *s += v);
        }
        for at in whole..rows * c {
            sums[at % c] += of(at, centers[at % c]);
        }
        return;
    }
    for first in (0..c).step_by(SIDE) {
        let width = SIDE.min(c - first);
        let (mut side, mut near) = ([T::ZERO; SIDE], [T::ZERO; SIDE]);
        near[..width].copy_from_slice(&centers[first..first + width]);
        for row in 0..rows {
            let at = row * c + first;
            if width == SIDE {
                for i in 0..SIDE {
                    side[i] += of(at + i, near[i]);
                }
            } else {
                for i in 0..width {
                    side[i] += of(at + i, near[i]);
                }
            }
        }
        sums[first..first + width].copy_from_slice(&side[..width]);
    }
}

impl Channels {
    fn len(self) -> usize {
        self.outer * self.channels * self.inner
    }

    /// The elements of one channel.
    fn count(self) -> usize {
        self.outer * self.inner
    }

    /// The mean and the variance of each channel: (2, channels).
    pub fn moments<T: Real>(self) -> Kernel {
        let finish = move |io: &Io<'_>| {
            let (n, c) = (self.count(), self.channels);
            // SAFETY: the output has two numbers for each channel.
            let out = unsafe { io.output::<T>(0, 2 * c) };
            for v in &mut out[c..] {
                *v = *v / T::from_f64(n as f64);
            }
            if n == 0 {
                out.fill(T::NAN);
            }
        };
        let join: Join<T> = |seen, [mean, square], n, [more, distance]| {
            let (share, weight) = (n as f64 / (seen + n) as f64, seen as f64);
            let (share, weight) = (T::from_f64(share), T::from_f64(weight * share));
            for ((m, s), (&v, &d)) in mean.iter_mut().zip(square).zip(more.iter().zip(distance)) {
                let delta = v - *m;
                *m += delta * share;
                *s += d + delta * delta * weight;
            }
        };
        self.kernel(
            #[inline(always)]
            move |io: &Io<'_>, rows: std::ops::Range<usize>, mean: &mut [T], square: &mut [T]| {
                // SAFETY: the input has this many elements.
                let x = unsafe { io.input::<T>(0, self.len()) };
                let x = &x[rows.start * mean.len()..rows.end * mean.len()];
                let each = T::from_f64(1.0 / rows.len() as f64);
                // The centers do not matter for the plain sums.
                square.fill(T::ZERO);
                columns(
                    square,
                    rows.len(),
                    mean,
                    #[inline(always)]
                    // SAFETY: an element of these rows.
                    |at, _| unsafe { *x.get_unchecked(at) },
                );
                mean.iter_mut().for_each(|m| *m = *m * each);
                columns(
                    mean,
                    rows.len(),
                    square,
                    #[inline(always)]
                    |at, m| {
                        // SAFETY: as above.
                        let v = unsafe { *x.get_unchecked(at) } - m;
                        v * v
                    },
                );
            },
            #[inline(always)]
            move |io: &Io<'_>, at: usize, _: usize| {
                // SAFETY: the input has this many elements.
                let x = &unsafe { io.input::<T>(0, self.len()) }[at..at + self.inner];
                let mean = total(x) * T::from_f64(1.0 / self.inner as f64);
                [mean, total_of(x, x, |v, _| (v - mean) * (v - mean))]
            },
            join,
            finish,
        )
    }

    /// Of g, x and the moments of x (2, channels): Σ g and Σ g · (x − mean) of each channel, (2, channels).
    pub fn sums<T: Real>(self) -> Kernel {
        let join: Join<T> = |_, [sum, product], _, [more, further]| {
            for ((s, p), (&m, &f)) in sum.iter_mut().zip(product).zip(more.iter().zip(further)) {
                *s += m;
                *p += f;
            }
        };
        self.kernel(
            #[inline(always)]
            move |io: &Io<'_>, rows: std::ops::Range<usize>, sum: &mut [T], product: &mut [T]| {
                let c = sum.len();
                // SAFETY: the inputs have this many elements.
                let (x, mean, g) =
                    unsafe { (io.input::<T>(1, self.len()), io.input::<T>(2, c), io.input::<T>(0, self.len())) };
                let part = rows.start * c..rows.end * c;
                let (x, g) = (&x[part.clone()], &g[part]);
                columns(
                    mean,
                    rows.len(),
                    sum,
                    #[inline(always)]
                    // SAFETY: an element of these rows.
                    |at, _| unsafe { *g.get_unchecked(at) },
                );
                columns(
                    mean,
                    rows.len(),
                    product,
                    #[inline(always)]
                    // SAFETY: as above.
                    |at, m| unsafe { *g.get_unchecked(at) * (*x.get_unchecked(at) - m) },
                );
            },
            #[inline(always)]
            move |io: &Io<'_>, at: usize, channel: usize| {
                // SAFETY: the inputs have this many elements.
                let (x, mean, g) = unsafe {
                    (io.input::<T>(1, self.len()), io.input::<T>(2, self.channels), io.input::<T>(0, self.len()))
                };
                let (x, g, mean) = (&x[at..at + self.inner], &g[at..at + self.inner], mean[channel]);
                [total(g), total_of(x, g, |v, g| g * (v - mean))]
            },
            join,
            |_| {},
        )
    }

    /// Two numbers for each channel. `columns` takes rows of a tensor whose channels lie side by side, `run` elements of one
    /// channel from a place on; `join` puts what was found in a part to what was found before.
    fn kernel<T: Real>(
        self,
        columns: impl Fn(&Io<'_>, std::ops::Range<usize>, &mut [T], &mut [T]) + Send + Sync + 'static,
        run: impl Fn(&Io<'_>, usize, usize) -> [T; 2] + Send + Sync + 'static,
        join: Join<T>,
        finish: impl Fn(&Io<'_>) + Send + Sync + 'static,
    ) -> Kernel {
        let Self { outer, channels: c, inner } = self;
        if self.len() == 0 {
            return Kernel::new(move |io| {
                // SAFETY: the output has two numbers for each channel.
                unsafe { io.output::<T>(0, 2 * c) }.fill(T::ZERO);
                finish(io);
            });
        }
        if inner > 1 {
            return Kernel::new(move |io| {
                // SAFETY: the output has two numbers for each channel.
                let out = &Shared::new(unsafe { io.output::<T>(0, 2 * c) });
                io.pool.run(c, &|channel| {
                    // SAFETY: the two numbers of this channel.
                    let sums = unsafe { [out.slice(channel, 1), out.slice(c + channel, 1)] };
                    let [first, second] = sums;
                    simd(
                        #[inline(always)]
                        || {
                            (first[0], second[0]) = (T::ZERO, T::ZERO);
                            for o in 0..outer {
                                let part = run(io, (o * c + channel) * inner, channel);
                                join(o * inner, [&mut *first, &mut *second], inner, [&part[..1], &part[1..]]);
                            }
                        },
                    );
                });
                finish(io);
            });
        }
        let rows = UNIT.div_ceil(c).clamp(1, ROWS);
        let units = outer.div_ceil(rows);
        let unit = move |io: &Io<'_>, unit: usize| {
            // SAFETY: the kernel asked for so much; these are the numbers of this unit.
            let sums = unsafe { std::slice::from_raw_parts_mut(io.scratch.cast::<T>().add(unit * 2 * c), 2 * c) };
            let (first, second) = sums.split_at_mut(c);
            simd(
                #[inline(always)]
                || columns(io, unit * rows..((unit + 1) * rows).min(outer), first, second),
            );
        };
        let joined = move |io: &Io<'_>| {
            // SAFETY: the kernel asked for so much, and the output has two numbers for each channel.
            let (scratch, out) = unsafe { (io.scratch::<T>(units * 2 * c), io.output::<T>(0, 2 * c)) };
            out.fill(T::ZERO);
            let (first, second) = out.split_at_mut(c);
            for (unit, part) in scratch.chunks_exact(2 * c).enumerate() {
                let n = rows.min(outer - unit * rows);
                join(unit * rows, [&mut *first, &mut *second], n, [&part[..c], &part[c..]]);
            }
            finish(io);
        };
        Kernel::in_parts(rows * c, self.len(), unit, joined).with_scratch(units * 2 * c * size_of::<T>())
    }
}
