//! Attention and its gradients against their definition in float64.

use super::Attention;
use crate::{Io, Kernel, Pool, conv::Number};

fn numbers(n: usize, seed: usize) -> Vec<f64> {
    (0..n).map(|i| f64::from(((i * 37 + seed * 11) % 101) as f32 / 50.0 - 1.0)).collect()
}

/// (result, gradients of q, k and v) of the gradient g.
fn expected(a: &Attention, [q, k, v, g, bias]: &[Vec<f64>; 5]) -> [Vec<f64>; 4] {
    let (n, d, e) = (a.keys, a.depth, a.values);
    let mut outs = [vec![0.0; g.len()], vec![0.0; q.len()], vec![0.0; k.len()], vec![0.0; v.len()]];
    for (b, h, i) in (0..a.batch).flat_map(|b| (0..a.heads).flat_map(move |h| (0..a.queries).map(move |i| (b, h, i)))) {
        let query = |l: usize, width: usize| ((b * a.queries + i) * a.heads + h) * width + l;
        let key = |j: usize, l: usize, width: usize| ((b * n + j) * a.heads + h) * width + l;
        let score = |j: usize| {
            let product: f64 = (0..d).map(|l| q[query(l, d)] * k[key(j, l, d)]).sum();
            product * a.scale + a.bias.map_or(0.0, |s| bias[b * s[0] + h * s[1] + i * s[2] + j * s[3]])
        };
        let scores: Vec<f64> = (0..n).map(score).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|s| (s - top).exp()).sum();
        let p: Vec<f64> = scores.iter().map(|s| (s - top).exp() / sum).collect();
        let dp: Vec<f64> = (0..n).map(|j| (0..e).map(|l| g[query(l, e)] * v[key(j, l, e)]).sum()).collect();
        let mean: f64 = p.iter().zip(&dp).map(|(p, d)| p * d).sum();
        for j in 0..n {
            for l in 0..e {
                outs[0][query(l, e)] += p[j] * v[key(j, l, e)];
                outs[3][key(j, l, e)] += p[j] * g[query(l, e)];
            }
            let slope = p[j] * (dp[j] - mean) * a.scale;
            for l in 0..d {
                outs[1][query(l, d)] += slope * k[key(j, l, d)];
                outs[2][key(j, l, d)] += slope * q[query(l, d)];
            }
        }
    }
    outs
}

fn run<T: Copy>(kernel: &Kernel, pool: &Pool, inputs: &[&[T]], outputs: &mut [Vec<T>]) {
    let mut scratch = vec![0u8; kernel.scratch + 64];
    let shift = scratch.as_ptr().align_offset(64);
    let inputs: Vec<*const u8> = inputs.iter().map(|x| x.as_ptr().cast()).collect();
    let outputs: Vec<*mut u8> = outputs.iter_mut().map(|x| x.as_mut_ptr().cast()).collect();
    let scratch = scratch[shift..].as_mut_ptr();
    kernel.run(&Io { inputs: &inputs, outputs: &outputs, scratch, pool, tail: None, passing: None });
}

/// (batch, heads, queries, keys, depth, values): parts of vectors, of blocks and of tiles; whole ones; none.
const SIZES: [[usize; 6]; 10] = [
    [2, 3, 5, 7, 4, 3],
    [1, 1, 1, 1, 1, 1],
    [2, 2, 64, 64, 32, 32],
    [1, 2, 130, 70, 16, 48],
    [1, 3, 17, 200, 8, 80],
    [2, 1, 70, 33, 24, 16],
    [1, 1, 3, 0, 4, 2],
    [0, 2, 3, 4, 5, 6],
    [1, 2, 0, 3, 4, 5],
    [1, 2, 3, 4, 5, 0],
];

fn check<T: Number + Into<f64> + PartialEq + std::fmt::Debug>(tolerance: f64) {
    let pools = [Pool::new(1), Pool::new(3)];
    for [batch, heads, queries, keys, depth, values] in SIZES {
        let biases = [
            None,
            Some([heads * queries * keys, queries * keys, keys, 1]),
            Some([keys, 0, 0, 1]),
            Some([0, queries, 1, 0]),
            Some([0, 0, keys, 1]),
        ];
        for bias in biases {
            let a = Attention { batch, heads, queries, keys, depth, values, scale: 0.7, bias };
            let (q, k) = (batch * queries * heads, batch * keys * heads);
            let lengths = [q * depth, k * depth, k * values, q * values, batch * heads * queries * keys];
            let mut inputs = [0, 1, 2, 3, 4].map(|i| numbers(lengths[i], i));
            // Where all keys of a query are so far down, float32 has no digits left for what makes them differ.
            if let (Some([.., 1]), Some(masked)) = (bias, inputs[4].get_mut(keys / 2)) {
                *masked = -1e9;
            }
            let want = expected(&a, &inputs);
            let inputs = inputs.map(|x| x.into_iter().map(<T as crate::math::Real>::from_f64).collect::<Vec<T>>());
            let [q, k, v, g, bias] = inputs.each_ref().map(Vec::as_slice);
            let results = pools.each_ref().map(|pool| {
                let mut outs = want.each_ref().map(|x| vec![<T as crate::math::Real>::NAN; x.len()]);
                let (first, rest) = outs.split_at_mut(1);
                run(&a.clone().forward::<T>(), pool, &[q, k, v, bias], first);
                run(&a.clone().backward::<T>(), pool, &[q, k, v, g, bias], rest);
                outs
            });
            assert!(results[0] == results[1], "{a:?}: threads make a difference");
            for (i, (got, want)) in results[0].iter().zip(&want).enumerate() {
                for (&got, &want) in got.iter().zip(want) {
                    let got: f64 = got.into();
                    assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{a:?} {i}: {got} {want}");
                }
            }
        }
    }
}

#[test]
fn attention_is_its_definition() {
    check::<f32>(2e-5);
    check::<f64>(1e-12);
}

#[test]
fn what_is_not_a_number_stays_with_its_query() {
    let a = Attention { batch: 1, heads: 1, queries: 3, keys: 2, depth: 1, values: 1, scale: 1.0, bias: None };
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let mut outs = [vec![0.0; 3]];
    run(&a.forward::<f32>(), &Pool::new(1), &[&[1.0, nan, inf], &[1.0, 2.0], &[3.0, 5.0]], &mut outs);
    assert!((outs[0][0] - (3.0 + 5.0 * 1f32.exp()) / (1.0 + 1f32.exp())).abs() < 1e-5);
    assert!(outs[0][1].is_nan() && outs[0][2].is_nan());
}
