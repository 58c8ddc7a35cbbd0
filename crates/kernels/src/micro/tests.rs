//! Every tile of every instruction set that this processor has against its definition, through products with all kinds of edges.

use super::{Micro, Panel, fitting, tiles};
use crate::{Pool, product::Product};
use std::sync::Mutex;

const SIZES: [(usize, usize, usize); 14] = [
    (4, 16, 1),
    (5, 17, 3),
    (9, 1, 7),
    (33, 10, 70),
    (12, 32, 40),
    (13, 70, 9),
    (31, 48, 600),
    (40, 64, 5),
    (7, 130, 1100),
    (64, 700, 130),
    (150, 300, 10),
    (260, 150, 64),
    (4, 2, 2),
    (70, 160, 530),
];

fn number(i: usize) -> f32 {
    ((i * 7) % 11) as f32 - 5.0
}

/// The product by these micro-kernels, and how often the tail heard of each element.
fn product(
    micro: &Micro,
    pool: &Pool,
    [m, n, k]: [usize; 3],
    [a_t, b_t]: [bool; 2],
    [a, b]: [&[f32]; 2],
    mut c: Vec<f32>,
    add: bool,
) -> (Vec<f32>, Vec<u32>) {
    let seen = Mutex::new(vec![0; m * n]);
    let tail = |r: std::ops::Range<usize>| seen.lock().unwrap()[r].iter_mut().for_each(|s| *s += 1);
    let product = Product {
        m,
        n,
        k,
        a: a.as_ptr(),
        a_strides: if a_t { [1, m as isize] } else { [k as isize, 1] },
        b: b.as_ptr(),
        b_strides: if b_t { [1, k as isize] } else { [n as isize, 1] },
        c: c.as_mut_ptr(),
        c_row: n as isize,
        add,
    };
    assert!(product.suits(), "{m} {n} {k}");
    // SAFETY: the strides are those of the vectors.
    unsafe { product.with(micro, Some(pool), Some(&tail)) };
    (c, seen.into_inner().unwrap())
}

#[test]
fn products_are_their_definition() {
    let pool = Pool::new(2);
    for micro in tiles::sets() {
        for (m, n, k) in SIZES {
            for (i, add) in [false, true, false, true, false].into_iter().enumerate() {
                let (a_t, b_t) = (i % 2 == 1, i / 2 == 1);
                let a: Vec<f32> = (0..m * k).map(number).collect();
                let b: Vec<f32> = (0..k * n).map(|i| number(i + 3)).collect();
                let before: Vec<f32> = (0..m * n).map(|i| number(i + 5)).collect();
                let (c, seen) = product(&micro, &pool, [m, n, k], [a_t, b_t], [&a, &b], before.clone(), add);
                assert!(seen.iter().all(|&s| s == 1), "{m}x{k}x{n} {a_t} {b_t}");
                for (at, &got) in c.iter().enumerate() {
                    let (i, j) = (at / n, at % n);
                    let term = |l: usize| {
                        let x = a[if a_t { l * m + i } else { i * k + l }];
                        x * b[if b_t { j * k + l } else { l * n + j }]
                    };
                    let want = (0..k).map(term).sum::<f32>() + if add { before[at] } else { 0.0 };
                    assert_eq!(got, want, "{} lanes, {m}x{k}x{n} {a_t} {b_t} {add}: {i}, {j}", micro.lanes);
                }
            }
        }
    }
}

#[test]
fn panels_are_their_definition() {
    for micro in tiles::sets() {
        for (tile, m, k) in micro.panels.iter().flat_map(|t| [1, 4, 7, 13, 30].map(|m| (t, m, 5 * m % 7))) {
            for (a_t, add) in [(false, false), (false, true), (true, false), (true, true)] {
                let (n, b_row, c_row) = (tile.width, tile.width + 3, tile.width + 1);
                let a: Vec<f32> = (0..m * k).map(number).collect();
                let b: Vec<f32> = (0..k * b_row).map(|i| number(i + 3)).collect();
                let before: Vec<f32> = (0..m * c_row).map(|i| number(i + 5)).collect();
                let mut c = before.clone();
                let (a_strides, c_at) = (if a_t { [1, m] } else { [k, 1] }, c.as_mut_ptr());
                let (a_at, b_at) = (a.as_ptr(), b.as_ptr());
                let panel = Panel { a: a_at, a_strides, rows: m, depth: k, b: b_at, b_row, c: c_at, c_row, add };
                // SAFETY: the strides are those of the vectors.
                unsafe { (tile.run)(&panel) };
                for (at, &got) in c.iter().enumerate() {
                    let (i, j) = (at / c_row, at % c_row);
                    let term = |l: usize| a[i * a_strides[0] + l * a_strides[1]] * b[l * b_row + j];
                    let sum = (0..k).map(term).sum::<f32>() + if add { before[at] } else { 0.0 };
                    let want = if j < n { sum } else { before[at] };
                    assert_eq!(got, want, "{} rows of {n}, {m}x{k} {a_t} {add}: {i}, {j}", tile.rows);
                }
            }
        }
    }
}

/// Cuts and tiles follow the threads; what an element is summed up from, and in which order, does not.
#[test]
fn products_are_the_same_bits_on_any_number_of_threads() {
    let rough = |i: usize| (i as f32 * 0.7).sin();
    for micro in tiles::sets() {
        for (m, n, k) in [(128, 512, 784), (65, 130, 1100), (784, 64, 130), (90, 1000, 128)] {
            for (a_t, b_t) in [(false, false), (true, false), (false, true), (true, true)] {
                let a: Vec<f32> = (0..m * k).map(rough).collect();
                let b: Vec<f32> = (0..k * n).map(|i| rough(i + 3)).collect();
                let on = |threads: usize| {
                    let pool = Pool::new(threads);
                    product(&micro, &pool, [m, n, k], [a_t, b_t], [&a, &b], vec![0.5; m * n], true).0
                };
                let one: Vec<u32> = on(1).into_iter().map(f32::to_bits).collect();
                for threads in [2, 3, 5] {
                    let more: Vec<u32> = on(threads).into_iter().map(f32::to_bits).collect();
                    assert!(one == more, "{} lanes, {m}x{k}x{n} {a_t} {b_t}, {threads} threads", micro.lanes);
                }
            }
        }
    }
}

#[test]
fn the_fitting_tile_wastes_least() {
    for micro in tiles::sets() {
        for rows in [1, 6, 12, 13, 64, 100] {
            for columns in [1, 10, 16, 48, 64, 100] {
                let tile = fitting(&micro.dots, rows, columns);
                let work =
                    |rows_of: usize, width: usize| rows.next_multiple_of(rows_of) * columns.next_multiple_of(width);
                assert!(micro.dots.iter().all(|t| work(tile.rows, tile.width) <= work(t.rows, t.width)));
            }
        }
    }
}
