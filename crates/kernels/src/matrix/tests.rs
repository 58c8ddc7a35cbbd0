//! Products on the units against sums in float64, and against the vector units. Where a processor has none there is nothing to test.

use super::*;
use crate::micro::micro;
use std::sync::Mutex;

struct Case {
    m: usize,
    n: usize,
    k: usize,
    /// Whether a and b lie transposed.
    turned: [bool; 2],
}

impl Case {
    fn new(m: usize, n: usize, k: usize) -> Self {
        Self { m, n, k, turned: [false; 2] }
    }

    /// The product of a[m, k] and b[k, n], whose elements these functions give.
    fn run(&self, a: impl Fn(usize, usize) -> f32, b: impl Fn(usize, usize) -> f32, units: bool) -> Vec<f32> {
        let &Self { m, n, k, turned } = self;
        let lay = |turned: bool, rows: usize, columns: usize, x: &dyn Fn(usize, usize) -> f32| {
            let at = |i: usize| if turned { (i % rows, i / rows) } else { (i / columns, i % columns) };
            let data: Vec<f32> = (0..rows * columns).map(|i| x(at(i).0, at(i).1)).collect();
            (data, if turned { [1, rows as isize] } else { [columns as isize, 1] })
        };
        let (a, a_strides) = lay(turned[0], m, k, &a);
        let (b, b_strides) = lay(turned[1], k, n, &b);
        let mut c = vec![f32::NAN; m * n];
        let (a, b, to) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
        let product = Product { m, n, k, a, a_strides, b, b_strides, c: to, c_row: n as isize, add: false };
        let (micro, pool) = (micro().expect("the units come with vectors"), Pool::new(2));
        // SAFETY: the sizes are the vectors'; the caller asks whether the units are there.
        unsafe { if units { product.on_units(micro, &pool, None, None) } else { product.on_vectors(micro) } };
        c
    }
}

/// Numbers in (−1, 1) of all bits.
fn number(seed: usize) -> impl Fn(usize, usize) -> f32 {
    move |i, j| {
        let x = ((i * 4099 + j) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(seed as u64 * 0xbf58_476d);
        ((x ^ x >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

fn exact(case: &Case) -> Vec<f64> {
    let (a, b) = (number(1), number(2));
    let sum = |i: usize, j: usize| (0..case.k).map(|l| a(i, l) as f64 * b(l, j) as f64).sum::<f64>();
    (0..case.m * case.n).map(|i| sum(i / case.n, i % case.n)).collect()
}

/// Root mean square of the differences.
fn error(found: &[f32], exact: &[f64]) -> f64 {
    let squares: f64 = found.iter().zip(exact).map(|(&x, y)| (x as f64 - y).powi(2)).sum();
    (squares / exact.len() as f64).sqrt()
}

#[test]
fn as_exact_as_float32() {
    if !there() {
        return;
    }
    // Whole and partial blocks, tiles, pairs and parts of the depth; more columns than are packed at a time.
    let sizes = [
        (32, 32, 32),
        (33, 47, 65),
        (64, 16, 100),
        (16, 80, 1),
        (1, 1, 31),
        (95, 31, 600),
        (40, 900, 520),
        (70, 33, 2100),
    ];
    for ((m, n, k), turned) in
        sizes.into_iter().flat_map(|s| [[false, false], [true, false], [false, true], [true, true]].map(|t| (s, t)))
    {
        let case = Case { m, n, k, turned };
        let exact = exact(&case);
        let [units, vectors] = [true, false].map(|u| error(&case.run(number(1), number(2), u), &exact));
        let scale = (k as f64).sqrt() * f32::EPSILON as f64;
        assert!(units <= 1.2 * vectors + 0.1 * scale, "{m}x{k}x{n} {turned:?}: {units:e} {vectors:e}");
    }
}

#[test]
fn what_is_not_finite_is_the_vectors_answer() {
    if !there() {
        return;
    }
    let case = Case::new(70, 66, 90);
    for odd in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, 3.4e38, f32::MIN_POSITIVE, 1e-40, -0.0] {
        let a = |i: usize, l: usize| if (i, l) == (40, 50) { odd } else { number(1)(i, l) };
        let b = |l: usize, j: usize| if (l, j) == (50, 3) { 0.0 } else { number(2)(l, j) };
        let [units, vectors] = [true, false].map(|u| case.run(a, b, u));
        for (i, (x, y)) in units.iter().zip(&vectors).enumerate() {
            let same =
                x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()) || (x - y).abs() <= 1e-5 * y.abs().max(1.0);
            assert!(same, "{odd}: element {i} is {x}, not {y}");
        }
    }
}

#[test]
fn powers_of_two_and_small_integers_are_exact() {
    if !there() {
        return;
    }
    let case = Case::new(33, 40, 64);
    let found = case.run(|i, l| (i * 3 + l) as f32 - 50.0, |l, j| ((l + j) % 7) as f32 * 0.25, true);
    for (at, x) in found.into_iter().enumerate() {
        let (i, j) = (at / 40, at % 40);
        let want: f32 = (0..64).map(|l| ((i * 3 + l) as f32 - 50.0) * ((l + j) % 7) as f32 * 0.25).sum();
        assert_eq!(x, want);
    }
}

#[test]
fn each_element_is_told_once_and_cuts_do_not_matter() {
    if !there() {
        return;
    }
    for (m, n, k) in [(300, 100, 700), (100, 300, 100), (70, 40, 3100), (230, 300, 700), (610, 200, 100)] {
        each_element_once(m, n, k);
    }
}

fn each_element_once(m: usize, n: usize, k: usize) {
    let (a, b): (Vec<f32>, Vec<f32>) =
        ((0..m * k).map(|i| number(1)(0, i)).collect(), (0..k * n).map(|i| number(2)(0, i)).collect());
    let results = [(1, false), (2, false), (3, false), (1, true), (2, true)].map(|(threads, passing)| {
        let mut c = vec![0.0f32; m * n];
        let seen = Mutex::new((vec![0; m * n], vec![0.0f32; m * n]));
        let tail = |r: Range<usize>| seen.lock().unwrap().0[r].iter_mut().for_each(|s| *s += 1);
        let elsewhere = |r: Range<usize>, at: *const u8| {
            // SAFETY: the elements of the range.
            let x = unsafe { std::slice::from_raw_parts(at.cast(), r.len()) };
            seen.lock().unwrap().1[r.clone()].copy_from_slice(x);
            tail(r);
        };
        let (a_strides, b_strides) = ([k as isize, 1], [n as isize, 1]);
        let (a, b, to) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
        let product = Product { m, n, k, a, a_strides, b, b_strides, c: to, c_row: n as isize, add: false };
        let (micro, passing) = (micro().unwrap(), passing.then_some(&elsewhere as Passing<'_>));
        // SAFETY: the sizes are the vectors', and the units are there.
        unsafe { product.on_units(micro, &Pool::new(threads), Some(&tail), passing) };
        let (seen, passed) = seen.into_inner().unwrap();
        assert!(seen.into_iter().all(|s| s == 1));
        // What was passed on was not written.
        c.iter().zip(passed).map(|(c, passed)| c + passed).collect::<Vec<_>>()
    });
    assert!(results.iter().all(|r| *r == results[0]), "{m}x{k}x{n}");
}
