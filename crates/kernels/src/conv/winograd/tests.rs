//! The path by points against sums in f64, on edges of all kinds, and its error beside that of a plain sum in f32.

use super::{Gradient, Layout, Plane, Winograd};
use crate::{
    Pool,
    conv::{ConvAxis, Convolution},
    shared::Shared,
};

/// The largest error of a direction, over the largest result: of what is computed by points, and of a sum in f32 in order.
#[derive(Clone, Copy, Debug)]
struct Errors {
    points: f64,
    sum: f64,
}

fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

/// A convolution over a plane of these sizes with these zeros before and after; negative: elements left out.
fn convolution(batch: usize, sizes: [usize; 2], pads: [[isize; 2]; 2], channels: usize, filters: usize) -> Convolution {
    let axis = |i: usize| {
        let [before, after] = pads[i];
        let output = (sizes[i] as isize + before + after - 2).max(0) as usize;
        ConvAxis { input: sizes[i], output, kernel: 3, stride: 1, dilation: 1, before }
    };
    Convolution { batch, axes: [ConvAxis::NONE, axis(0), axis(1)], channels, filters, groups: 1 }
}

/// y, the gradient of x and that of the kernel by their definition, summed up in T.
fn definition<T: Copy + From<f32> + std::ops::AddAssign + std::ops::Mul<Output = T>>(
    c: &Convolution,
    [x, w, y]: [&[f32]; 3],
) -> [Vec<T>; 3] {
    let zero = T::from(0.0);
    let mut out = [vec![zero; y.len()], vec![zero; x.len()], vec![zero; w.len()]];
    let [_, a, b] = c.axes;
    let reach = |a: &ConvAxis, o: usize, k: usize| {
        let i = (o + k) as isize - a.before;
        (i >= 0 && (i as usize) < a.input).then_some(i as usize)
    };
    for (n, i, j) in (0..c.batch).flat_map(|n| (0..a.output).flat_map(move |i| (0..b.output).map(move |j| (n, i, j)))) {
        for tap in 0..9 {
            let (Some(p), Some(q)) = (reach(&a, i, tap / 3), reach(&b, j, tap % 3)) else { continue };
            let of_y = ((n * a.output + i) * b.output + j) * c.filters;
            let of_x = ((n * a.input + p) * b.input + q) * c.channels;
            for k in 0..c.channels {
                let of_w = (tap * c.channels + k) * c.filters;
                for f in 0..c.filters {
                    let [u, v, g] = [x[of_x + k], w[of_w + f], y[of_y + f]].map(T::from);
                    out[0][of_y + f] += u * v;
                    out[1][of_x + k] += g * v;
                    out[2][of_w + f] += u * g;
                }
            }
        }
    }
    out
}

/// The same by points; None where there are no wide vectors.
fn by_points(c: &Convolution, [x, w, y]: [&[f32]; 3], threads: usize) -> Option<[Vec<f32>; 3]> {
    let pool = Pool::new(threads);
    let plane = Plane::new(c).expect("a square of three in single steps");
    let room = |n: usize| vec![f32::NAN; n];
    let layout = Layout { row: c.filters, column: 1, backwards: false };
    let forward = Winograd::of(plane, c.channels, c.filters, layout)?;
    let layout = Layout { row: 1, column: c.filters, backwards: true };
    let back = Winograd::of(plane.back(), c.filters, c.channels, layout)?;
    let gradient = Gradient::of(plane, c.channels, c.filters)?;
    let mut out = [room(y.len()), room(x.len()), room(w.len())];
    let [to_y, to_x, to_w] = &mut out;
    forward.run(&pool, [x, w], &mut room(forward.scratch()), &Shared::new(to_y), &|_| ());
    back.run(&pool, [y, w], &mut room(back.scratch()), &Shared::new(to_x), &|_| ());
    gradient.run(&pool, [x, y], &mut room(gradient.scratch()), to_w);
    Some(out)
}

/// The errors of y, the gradient of x and that of the kernel.
fn errors(c: Convolution) -> Option<[Errors; 3]> {
    let (x, w, y) = (numbers(c.inputs(), 1), numbers(c.weights(), 2), numbers(c.outputs(), 3));
    let data = [&x[..], &w, &y];
    let (one, three) = (by_points(&c, data, 1)?, by_points(&c, data, 3)?);
    let (want, sum) = (definition::<f64>(&c, data), definition::<f32>(&c, data));
    Some([0, 1, 2].map(|i| {
        assert_eq!(one[i], three[i], "the same bits on any number of threads: {c:?}");
        let most = want[i].iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let error =
            |got: &[f32]| got.iter().zip(&want[i]).fold(0.0, |a: f64, (&g, w)| a.max((f64::from(g) - w).abs() / most));
        assert!(one[i].iter().all(|v| v.is_finite()), "{c:?}");
        Errors { points: error(&one[i]), sum: error(&sum[i]) }
    }))
}

#[test]
fn all_kinds_of_edges() {
    let cases = [
        // Tiles of 4 and of 3, whole and in part; batches; channels that are and are no multiples of vectors.
        (1, [6, 6], [[0, 0], [0, 0]], 16, 16),
        (2, [9, 9], [[1, 1], [1, 1]], 16, 32),
        (1, [7, 12], [[1, 1], [1, 1]], 17, 5),
        (3, [11, 5], [[0, 1], [2, 0]], 3, 33),
        (2, [13, 13], [[2, 2], [2, 2]], 1, 1),
        (1, [30, 41], [[1, 1], [0, 0]], 20, 47),
        // Elements left out, windows that see nothing but zeros, a single result.
        (2, [10, 9], [[-1, 1], [0, -2]], 18, 16),
        (1, [3, 4], [[4, 5], [3, 3]], 16, 20),
        (5, [3, 3], [[0, 0], [0, 0]], 8, 64),
        // A line of more tiles than are computed at a time; many small samples.
        (1, [4, 700], [[1, 1], [1, 1]], 40, 33),
        (70, [4, 4], [[1, 1], [1, 1]], 16, 16),
    ];
    for (batch, sizes, pads, channels, filters) in cases {
        let c = convolution(batch, sizes, pads, channels, filters);
        for (direction, e) in ["y", "x", "kernel"].iter().zip(errors(c).into_iter().flatten()) {
            assert!(e.points < 4e-6, "{direction} of {c:?}: {e:?}");
        }
    }
}

/// Some multiples of a plain sum's error, and of the last bit where that has next to none.
#[test]
fn errors_are_a_few_times_those_of_sums() {
    for (size, channels) in [(12, 16), (12, 64), (9, 64), (8, 256), (9, 256)] {
        let c = convolution(1, [size, size], [[1, 1], [1, 1]], channels, channels);
        for (direction, e) in ["y", "x", "kernel"].iter().zip(errors(c).into_iter().flatten()) {
            println!("{size} {channels} {direction}: {e:?}");
            assert!(e.points < 4.0 * e.sum.max(2.5e-7), "{direction} of {c:?}: {e:?}");
        }
    }
}

#[test]
fn others_are_refused() {
    let c = convolution(2, [9, 9], [[1, 1], [1, 1]], 16, 16);
    assert!(Plane::new(&c).is_some());
    let with = |change: fn(&mut ConvAxis)| {
        let mut c = c;
        change(&mut c.axes[2]);
        c
    };
    for other in [
        with(|a| a.stride = 2),
        with(|a| a.dilation = 2),
        with(|a| a.kernel = 5),
        Convolution { groups: 2, ..c },
        Convolution { axes: [c.axes[1]; 3], ..c },
    ] {
        assert!(Plane::new(&other).is_none(), "{other:?}");
    }
    let layout = Layout { row: 16, column: 1, backwards: false };
    for (sizes, channels, filters) in [([9, 9], 3, 64), ([9, 9], 512, 512), ([4, 4], 64, 64)] {
        let plane = Plane::new(&convolution(2, sizes, [[0, 0], [0, 0]], channels, filters)).expect("a plane");
        assert!(Winograd::new(plane, channels, filters, layout).is_none(), "{sizes:?} {channels} {filters}");
        assert!(Gradient::new(plane, channels, filters).is_none(), "{sizes:?} {channels} {filters}");
    }
}
