//! How the operands of a matrix product lie: shapes, broadcast batches, strides.

use kerosene_ir::{Dim, Error, Result, Shape, Spec, broadcast_shapes, format_shape};
use kerosene_kernels::{Kernel, Real, gemm};

/// A product on paper.
pub struct Layout {
    /// The result.
    pub output: Spec,
    /// The result before the axes of vectors were taken out.
    pub matrix: Shape,
    /// The operands as matrices.
    pub a: Shape,
    pub b: Shape,
    pub transpose_a: bool,
    pub transpose_b: bool,
}

impl Layout {
    /// The product of these operands; vectors are not transposed.
    pub fn new(inputs: &[&Spec], transpose_a: bool, transpose_b: bool) -> Result<Self> {
        let (x, y) = (inputs[0], inputs[1]);
        let bad = || {
            let (x, y) = (format_shape(&x.shape), format_shape(&y.shape));
            Error::value(format!(
                "matmul: shapes {x} and {y} do not fit: the last axis of the first must equal the second-to-last of the second."
            ))
        };
        if x.dtype != y.dtype {
            return Err(Error::dtype(format!("matmul: operands have different dtypes, {} and {}.", x.dtype, y.dtype)));
        }
        let (mut a, mut b) = (x.shape.clone(), y.shape.clone());
        let (row, column) = (a.len() == 1, b.len() == 1);
        if row {
            a.insert(0, Some(1));
        }
        if column {
            b.push(Some(1));
        }
        let (transpose_a, transpose_b) = (transpose_a && !row, transpose_b && !column);
        if a.len() < 2 || b.len() < 2 {
            return Err(bad());
        }
        let ((m, ka), (kb, n)) = (ends(&a, transpose_a), ends(&b, transpose_b));
        if matches!((ka, kb), (Some(p), Some(q)) if p != q) {
            return Err(bad());
        }
        let mut matrix = broadcast_shapes("matmul", &[&a[..a.len() - 2], &b[..b.len() - 2]])?;
        let mut shape = matrix.clone();
        matrix.extend([m, n]);
        shape.extend([(!row).then_some(m), (!column).then_some(n)].into_iter().flatten());
        Ok(Self { output: Spec { dtype: x.dtype, shape }, matrix, a, b, transpose_a, transpose_b })
    }

    /// The product in numbers, when all dimensions are known.
    pub fn product(&self) -> Result<Product> {
        let known = |s: &Shape| Spec { dtype: self.output.dtype, shape: s.clone() }.dims("matmul");
        let (a, b, c) = (known(&self.a)?, known(&self.b)?, known(&self.matrix)?);
        let (a_mat, b_mat) = (a.len() - 2, b.len() - 2);
        let (mut m, n) = (c[c.len() - 2], c[c.len() - 1]);
        let k = if self.transpose_a { a[a_mat] } else { a[a_mat + 1] };
        let strides = |cols: usize, t: bool| if t { [1, cols as isize] } else { [cols as isize, 1] };
        let mut batch = &c[..c.len() - 2];
        // One matrix on the right: all rows on the left are one matrix too.
        if b_mat == 0 && !self.transpose_a {
            m *= batch.iter().product::<usize>();
            batch = &[];
        }
        let count: usize = batch.iter().product();
        let batches = (0..count)
            .map(|i| (place(i, batch, &a[..a_mat]) * a[a_mat] * a[a_mat + 1], place(i, batch, &b[..b_mat]) * k * n))
            .collect();
        Ok(Product {
            m,
            n,
            k,
            a: strides(a[a_mat + 1], self.transpose_a),
            b: strides(b[b_mat + 1], self.transpose_b),
            lens: [a.iter().product(), b.iter().product(), c.iter().product()],
            batches,
        })
    }
}

/// Rows and columns of a matrix that may be taken transposed.
fn ends(shape: &[Dim], transposed: bool) -> (Dim, Dim) {
    let (rows, columns) = (shape[shape.len() - 2], shape[shape.len() - 1]);
    if transposed { (columns, rows) } else { (rows, columns) }
}

/// Which matrix of an operand with batch axes `own` meets batch `i` of the result.
fn place(mut i: usize, batch: &[usize], own: &[usize]) -> usize {
    let (mut at, mut step) = (0, 1);
    let extra = batch.len() - own.len().min(batch.len());
    for (d, &n) in batch.iter().enumerate().rev() {
        if d >= extra {
            let mine = own[d - extra];
            if mine != 1 {
                at += i % n * step;
            }
            step *= mine;
        }
        i /= n;
    }
    at
}

/// A product prepared to run.
pub struct Product {
    m: usize,
    n: usize,
    k: usize,
    a: [isize; 2],
    b: [isize; 2],
    lens: [usize; 3],
    batches: Vec<(usize, usize)>,
}

impl Product {
    /// The kernel for floats.
    pub fn real<T: Real>(self) -> Kernel {
        let Product { m, n, k, a: [ars, acs], b: [brs, bcs], lens, batches } = self;
        Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, y, out) =
                unsafe { (io.input::<T>(0, lens[0]), io.input::<T>(1, lens[1]), io.output::<T>(0, lens[2])) };
            for (i, &(a, b)) in batches.iter().enumerate() {
                let first = i * m * n;
                let c = out[first..first + m * n].as_mut_ptr();
                let shifted = |r: std::ops::Range<usize>| io.finished(first + r.start..first + r.end);
                let tail: Option<kerosene_kernels::Tail<'_>> = io.tail.is_some().then_some(&shifted);
                let elsewhere = |r: std::ops::Range<usize>, at: *const u8| {
                    io.passing.iter().for_each(|then| then(first + r.start..first + r.end, at));
                };
                let passing: Option<kerosene_kernels::Passing<'_>> = io.passing.is_some().then_some(&elsewhere);
                let (x, y) = (x[a..].as_ptr(), y[b..].as_ptr());
                // SAFETY: the strides are those of row-major matrices inside x and y; c is this batch's part of the output.
                unsafe { gemm(io.pool, m, n, k, x, ars, acs, y, brs, bcs, c, n as isize, tail, passing) };
            }
        })
    }

    /// The kernel for other types, by the definition: `c = join(c, a, b)` over the shared axis.
    pub fn plain<T: Copy + Send + Sync + 'static>(
        self,
        zero: T,
        join: impl Fn(T, T, T) -> T + Copy + Send + Sync + 'static,
    ) -> Kernel {
        let Product { m, n, k, a: [ars, acs], b: [brs, bcs], lens, batches } = self;
        Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these specs.
            let (x, y, out) =
                unsafe { (io.input::<T>(0, lens[0]), io.input::<T>(1, lens[1]), io.output::<T>(0, lens[2])) };
            for (at, v) in out.iter_mut().enumerate() {
                let (batch, i, j) = (at / (m * n), at / n % m, at % n);
                let (a, b) = batches[batch];
                let (a, b) = (a + i * ars as usize, b + j * bcs as usize);
                let pair = |l: usize| (x[a + l * acs as usize], y[b + l * brs as usize]);
                *v = (0..k).map(pair).fold(zero, |c, (p, q)| join(c, p, q));
            }
            io.finished(0..lens[2]);
        })
    }
}
