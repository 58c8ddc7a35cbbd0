//! Windows against their definition, with ties, overlaps and gaps.

#![allow(clippy::single_range_in_vec_init, reason = "a window over one element")]

use super::*;
use crate::{Io, Kernel, Pool};

fn run(kernel: &Kernel, inputs: &[&[f32]], len: usize, threads: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; len];
    let from: Vec<*const u8> = inputs.iter().map(|i| i.as_ptr().cast()).collect();
    let (pool, outputs) = (Pool::new(threads), [out.as_mut_ptr().cast()]);
    kernel.run(&Io {
        inputs: &from,
        outputs: &outputs,
        scratch: std::ptr::null_mut(),
        pool: &pool,
        tail: None,
        passing: None,
    });
    out
}

/// Few different numbers, so that most windows have ties.
fn data(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * i + seed * i) % 5) as f32).collect()
}

fn check(w: Windows) {
    let (x, g, n) = (data(w.inputs(), 3), data(w.outputs(), 1), w.channels);
    let u = data(w.inputs(), 4);
    let (mut top, mut pick) = (vec![], vec![]);
    let (mut mean, mut to_top, mut shares) = (vec![], vec![0.0; x.len()], vec![0.0; x.len()]);
    let [p, q, r] = &w.axes;
    let windows = (0..w.batch)
        .flat_map(|s| p.iter().flat_map(move |p| q.iter().flat_map(move |q| r.iter().map(move |r| (s, [p, q, r])))));
    for (place, window) in windows.enumerate() {
        let mut points = vec![];
        w.points(window, |_, p| points.push(p));
        for c in 0..n {
            let at = |p: &usize| p * n + c;
            let best = points.iter().map(|p| x[at(p)]).fold(f32::NEG_INFINITY, f32::max);
            let first = points.iter().map(at).find(|&i| x[i] == best).unwrap();
            top.push(best);
            pick.push(u[first]);
            to_top[first] += g[place * n + c];
            mean.push(points.iter().map(|p| x[at(p)]).sum::<f32>() / points.len() as f32);
            points.iter().map(at).for_each(|i| shares[i] += g[place * n + c] / points.len() as f32);
        }
    }
    let near = |got: Vec<f32>, want: &[f32]| {
        assert_eq!(got.len(), want.len());
        for (a, b) in got.iter().zip(want) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a} instead of {b} in {w:?}");
        }
    };
    for threads in [1, 3] {
        assert_eq!(run(&max_pool::<f32>(w.clone()), &[&x], top.len(), threads), top);
        assert_eq!(run(&max_pool_gradient::<f32>(w.clone()), &[&x, &g], x.len(), threads), to_top);
        assert_eq!(run(&max_pool_pick::<f32>(w.clone()), &[&x, &u], top.len(), threads), pick);
        near(run(&average_pool::<f32>(w.clone()), &[&x], top.len(), threads), &mean);
        near(run(&average_pool_gradient::<f32>(w.clone()), &[&g], x.len(), threads), &shares);
    }
}

#[test]
fn windows_are_their_definitions() {
    let one = || vec![0..1];
    let steps =
        |n: usize, size: usize, stride: usize| (0..=(n - size) / stride).map(move |i| i * stride..i * stride + size);
    for channels in [1, 3, 67] {
        let windows = |input: [usize; 3], axes| Windows { batch: 2, input, axes, channels };
        check(windows([1, 1, 9], [one(), one(), steps(9, 3, 1).collect()]));
        check(windows([1, 1, 9], [one(), one(), steps(9, 2, 3).collect()]));
        check(windows([1, 6, 5], [one(), vec![0..2, 1..4, 3..6], vec![0..1, 1..3, 3..5]]));
        check(windows([4, 5, 3], [steps(4, 2, 2).collect(), steps(5, 3, 1).collect(), vec![0..2, 1..3]]));
        check(windows([1, 60, 60], [one(), steps(60, 2, 2).collect(), steps(60, 3, 2).collect()]));
    }
}

#[test]
fn not_a_number_is_the_largest() {
    let w = Windows { batch: 1, input: [1, 1, 3], axes: [vec![0..1], vec![0..1], vec![0..2, 1..3]], channels: 1 };
    let x = [1.0, f32::NAN, 5.0];
    assert!(run(&max_pool::<f32>(w.clone()), &[&x], 2, 1).iter().all(|v| v.is_nan()));
    assert_eq!(run(&max_pool_gradient::<f32>(w), &[&x, &[2.0, 3.0]], 3, 1), [0.0, 5.0, 0.0]);
}
