//! Matrix products.

use crate::{Passing, Pool, Tail, io::tell, product::Product};
use std::any::TypeId;

/// An element type that matrices can have.
pub trait Real: Copy + Send + Sync + 'static {
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
}

/// Multiplications and additions worth a second thread: about 8 µs of one core.
const WORTH: usize = 1_000_000;
/// Columns of a block start at multiples of this, so that vectors stay whole.
const COLUMNS: usize = 64;
/// Rows likewise.
const ROWS: usize = 16;

struct Operands<T>(*const T, *const T, *mut T);
// SAFETY: tasks read a and b and write different parts of c.
unsafe impl<T> Sync for Operands<T> {}

/// c[m, n] = a[m, k] · b[k, n] with any strides of a and b (in elements; row, then column); c has column stride 1 and row
/// stride `c_rs`. With k = 0 the product is zeros.
///
/// `tail` is called with ranges of finished elements, counted as if c were contiguous (`row * n + column`); each element once. Or
/// `passing` is, where it is given and the product is computed so: then c is not written.
///
/// # Safety
/// The strides stay within a, b and c; c does not overlap a or b, and nobody else touches it meanwhile.
pub unsafe fn gemm<T: Real>(
    pool: &Pool,
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_rs: isize,
    a_cs: isize,
    b: *const T,
    b_rs: isize,
    b_cs: isize,
    c: *mut T,
    c_rs: isize,
    tail: Option<Tail<'_>>,
    passing: Option<Passing<'_>>,
) {
    if m == 0 || n == 0 {
        return;
    }
    if let Some(product) = product(m, n, k, a, [a_rs, a_cs], b, [b_rs, b_cs], c, c_rs, false)
        // SAFETY: passed on.
        && unsafe { product.run(Some(pool), tail, passing) }
    {
        return;
    }
    let operands = &Operands(a, b, c);
    let block = |rows: std::ops::Range<usize>, cols: std::ops::Range<usize>| {
        let Operands(a, b, c) = *operands;
        // SAFETY: a block of the caller's matrices; blocks of different tasks do not overlap in c.
        unsafe {
            let (a, b) = (a.offset(rows.start as isize * a_rs), b.offset(cols.start as isize * b_cs));
            let c = c.offset(rows.start as isize * c_rs).add(cols.start);
            single(rows.len(), cols.len(), k, a, a_rs, a_cs, b, b_rs, b_cs, c, c_rs, false);
        }
        tell(tail, n, rows, cols);
    };
    let work = m.saturating_mul(n).saturating_mul(k.max(8));
    let tasks = (work / WORTH).clamp(1, pool.threads());
    if tasks == 1 {
        return block(0..m, 0..n);
    }
    // Tasks that share a operand each pack all of it: they share the smaller one.
    let by_rows = m >= n || n < COLUMNS * tasks;
    if by_rows {
        let per = m.div_ceil(tasks).next_multiple_of(ROWS);
        pool.run(m.div_ceil(per), &|t| block(t * per..((t + 1) * per).min(m), 0..n));
    } else {
        let per = n.div_ceil(tasks).next_multiple_of(COLUMNS);
        pool.run(n.div_ceil(per), &|t| block(0..m, t * per..((t + 1) * per).min(n)));
    }
}

/// The product for the micro-kernels, which take one type of elements.
fn product<T: Real>(
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_strides: [isize; 2],
    b: *const T,
    b_strides: [isize; 2],
    c: *mut T,
    c_row: isize,
    add: bool,
) -> Option<Product> {
    (TypeId::of::<T>() == TypeId::of::<f32>()).then(|| Product {
        m,
        n,
        k,
        a: a.cast(),
        a_strides,
        b: b.cast(),
        b_strides,
        c: c.cast(),
        c_row,
        add,
    })
}

/// The product on the calling thread, added to what c holds if asked.
///
/// # Safety
/// As [`gemm`].
pub(crate) unsafe fn single<T: Real>(
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_rs: isize,
    a_cs: isize,
    b: *const T,
    b_rs: isize,
    b_cs: isize,
    c: *mut T,
    c_rs: isize,
    add: bool,
) {
    if m == 0 || n == 0 || (k == 0 && add) {
        return;
    }
    if let Some(product) = product(m, n, k, a, [a_rs, a_cs], b, [b_rs, b_cs], c, c_rs, add)
        // SAFETY: passed on.
        && unsafe { product.run(None, None, None) }
    {
        return;
    }
    if k == 0 {
        for i in 0..m {
            // SAFETY: a row of c.
            unsafe { std::slice::from_raw_parts_mut(c.offset(i as isize * c_rs), n) }.fill(T::ZERO);
        }
        return;
    }
    // SAFETY: the caller vouches for the strides.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c,
            1,
            c_rs,
            add,
            a,
            a_cs,
            a_rs,
            b,
            b_cs,
            b_rs,
            if add { T::ONE } else { T::ZERO },
            T::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn check<T: Real + Into<f64>>(make: fn(f64) -> T, tolerance: f64) {
        let pool = Pool::new(3);
        let sizes = [0, 1, 2, 5, 16, 33, 70];
        for (m, n, k) in sizes.iter().flat_map(|&m| sizes.iter().flat_map(move |&n| sizes.map(|k| (m, n, k)))).chain([
            (300, 200, 100),
            (10, 900, 200),
            (900, 10, 200),
            (64, 784, 784),
        ]) {
            for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
                let a: Vec<T> = (0..m * k).map(|i| make((i % 13) as f64 - 6.0)).collect();
                let b: Vec<T> = (0..k * n).map(|i| make((i % 11) as f64 - 5.0)).collect();
                let mut c = vec![make(f64::NAN); m * n];
                let (ars, acs) = if ta { (1, m as isize) } else { (k as isize, 1) };
                let (brs, bcs) = if tb { (1, k as isize) } else { (n as isize, 1) };
                let seen = Mutex::new(vec![0; m * n]);
                let tail = |r: std::ops::Range<usize>| seen.lock().unwrap()[r].iter_mut().for_each(|s| *s += 1);
                // SAFETY: the sizes are the vectors'.
                unsafe {
                    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
                    gemm(&pool, m, n, k, a, ars, acs, b, brs, bcs, c, n as isize, Some(&tail), None);
                }
                assert!(seen.lock().unwrap().iter().all(|&s| s == 1));
                for i in 0..m {
                    for j in 0..n {
                        let at = |l: usize| {
                            let (x, y) = (i as isize * ars + l as isize * acs, l as isize * brs + j as isize * bcs);
                            a[x as usize].into() * b[y as usize].into()
                        };
                        let want: f64 = (0..k).map(at).sum();
                        let got: f64 = c[i * n + j].into();
                        assert!((got - want).abs() <= tolerance, "{m}x{k}x{n} {ta} {tb}: {got} {want}");
                    }
                }
            }
        }
    }

    #[test]
    fn products_of_f32() {
        check::<f32>(|x| x as f32, 1e-3);
    }

    #[test]
    fn products_of_f64() {
        check::<f64>(|x| x, 1e-9);
    }
}
