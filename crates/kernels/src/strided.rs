//! Copies between two layouts: transposes, slices, flips, and writing into a part of something larger.

use crate::Pool;

#[derive(Clone, Copy, Debug)]
struct Axis {
    n: usize,
    src: isize,
    dst: isize,
}

/// A copy of `shape` elements from one strided layout to another, prepared: axes that can be walked as one are merged, and the
/// loops are ordered so that the innermost writes (and where possible also reads) neighbours.
#[derive(Debug)]
pub struct StridedCopy {
    outer: Vec<Axis>,
    rows: Axis,
    cols: Axis,
    src: isize,
    dst: isize,
}

const TILE: usize = 32;
/// Elements one task copies, about.
const GRAIN: usize = 32 * 1024;

impl StridedCopy {
    /// The copy `dst[dst_at + Σ iₖ·dst_strides[k]] = src[src_at + Σ iₖ·src_strides[k]]`, strides in elements.
    pub fn new(
        shape: &[usize],
        (src_at, src_strides): (isize, &[isize]),
        (dst_at, dst_strides): (isize, &[isize]),
    ) -> Self {
        let mut axes: Vec<Axis> = vec![];
        for ((&n, &src), &dst) in shape.iter().zip(src_strides).zip(dst_strides) {
            match axes.last_mut() {
                _ if n == 1 => {}
                Some(a) if a.src == src * n as isize && a.dst == dst * n as isize => {
                    *a = Axis { n: a.n * n, src, dst };
                }
                _ => axes.push(Axis { n, src, dst }),
            }
        }
        let one = Axis { n: 1, src: 0, dst: 0 };
        // The rows are the axis whose neighbours are neighbours in the source, when that is not the last axis.
        let cols = axes.pop().unwrap_or(one);
        let rows = match axes.iter().position(|a| a.src.abs() == 1) {
            Some(i) if cols.src.abs() != 1 => axes.remove(i),
            _ => axes.pop().unwrap_or(one),
        };
        Self { outer: axes, rows, cols, src: src_at, dst: dst_at }
    }

    /// Runs it.
    ///
    /// # Safety
    /// Every address the layouts name lies in memory that `src` and `dst` may read and write; the two do not overlap, and no
    /// element of the destination is named twice.
    pub unsafe fn run<T: Copy + Send + Sync>(&self, pool: &Pool, src: *const T, dst: *mut T) {
        let (rows, cols) = (self.rows.n, self.cols.n);
        let outer: usize = self.outer.iter().map(|a| a.n).product();
        let bands = rows.div_ceil(TILE);
        let units = outer * bands;
        if units * cols == 0 {
            return;
        }
        let tasks = (outer * rows * cols).div_ceil(GRAIN).min(units);
        let (src, dst) = (src as usize, dst as usize);
        pool.run(tasks, &|task| {
            for unit in units * task / tasks..units * (task + 1) / tasks {
                let (o, band) = (unit / bands, unit % bands);
                let (mut s, mut d, mut rest) = (self.src, self.dst, o);
                for a in self.outer.iter().rev() {
                    let i = (rest % a.n) as isize;
                    rest /= a.n;
                    s += i * a.src;
                    d += i * a.dst;
                }
                let first = band * TILE;
                // SAFETY: the caller vouches for all addresses of the layouts, of which these are a part; bands are disjoint.
                unsafe {
                    self.band((src as *const T).offset(s), (dst as *mut T).offset(d), first..rows.min(first + TILE))
                };
            }
        });
    }

    /// # Safety
    /// As [`StridedCopy::run`], for the addresses of one band of rows.
    unsafe fn band<T: Copy>(&self, src: *const T, dst: *mut T, rows: std::ops::Range<usize>) {
        let (r, c) = (self.rows, self.cols);
        let at = |base: isize, i: usize| base * i as isize;
        if c.src == 1 && c.dst == 1 {
            for i in rows {
                // SAFETY: a run of neighbours on both sides, inside the layouts.
                unsafe { src.offset(at(r.src, i)).copy_to_nonoverlapping(dst.offset(at(r.dst, i)), c.n) };
            }
            return;
        }
        for first in (0..c.n).step_by(TILE) {
            for i in rows.clone() {
                for j in first..c.n.min(first + TILE) {
                    // SAFETY: element (i, j) is inside the layouts.
                    unsafe { *dst.offset(at(r.dst, i) + at(c.dst, j)) = *src.offset(at(r.src, i) + at(c.src, j)) };
                }
            }
        }
    }
}

/// The strides of a row-major layout.
pub fn strides(shape: &[usize]) -> Vec<isize> {
    let mut out = vec![1isize; shape.len()];
    for i in (1..shape.len()).rev() {
        out[i - 1] = out[i].saturating_mul(isize::try_from(shape[i].max(1)).unwrap_or(isize::MAX));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(shape: &[usize], s: (isize, &[isize]), d: (isize, &[isize]), src: &[u32], dst: &mut [u32]) {
        let n: usize = shape.iter().product();
        for i in 0..n {
            let (mut rest, mut a, mut b) = (i, s.0, d.0);
            for k in (0..shape.len()).rev() {
                let j = (rest % shape[k]) as isize;
                rest /= shape[k];
                a += j * s.1[k];
                b += j * d.1[k];
            }
            dst[b as usize] = src[a as usize];
        }
    }

    #[test]
    fn layouts_agree_with_the_definition() {
        let src: Vec<u32> = (0..40_000).collect();
        type Side<'a> = (isize, &'a [isize]);
        let cases: &[(&[usize], Side<'_>, Side<'_>)] = &[
            (&[], (3, &[]), (5, &[])),
            (&[7], (6, &[-1]), (0, &[1])),
            (&[100, 200], (0, &[1, 100]), (0, &[200, 1])),
            (&[3, 50, 40], (0, &[2000, 1, 50]), (0, &[2000, 40, 1])),
            (&[3, 5, 4], (7, &[1000, 30, 2]), (1, &[40, 8, 2])),
            (&[2, 3, 4, 5], (0, &[1, 2, 6, 24]), (0, &[60, 20, 5, 1])),
            (&[0, 3], (0, &[3, 1]), (0, &[3, 1])),
            (&[300, 130], (0, &[130, 1]), (0, &[131, 1])),
        ];
        for &(shape, s, d) in cases {
            let (mut want, mut got) = (vec![0; 40_000], vec![0; 40_000]);
            reference(shape, s, d, &src, &mut want);
            // SAFETY: the layouts above stay inside 40,000 elements.
            unsafe { StridedCopy::new(shape, s, d).run(&Pool::new(2), src.as_ptr(), got.as_mut_ptr()) };
            assert!(want == got, "{shape:?} {s:?} {d:?}");
        }
    }
}
