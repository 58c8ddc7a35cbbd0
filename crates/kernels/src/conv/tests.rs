//! Each direction against its definition.

use super::*;
use crate::{Io, Kernel, Pool};

fn places(c: &Convolution) -> Vec<(usize, usize, usize, usize)> {
    // (element of x, element of w, element of y) of every product, channels and filters at 0, and the sample.
    let [a, b, d] = c.axes;
    let mut all = vec![];
    let at = |x: &ConvAxis, o: usize, k: usize| {
        let i = (o * x.stride + k * x.dilation) as isize - x.before;
        (i >= 0 && (i as usize) < x.input).then_some(i as usize)
    };
    for n in 0..c.batch {
        for (o, p, q) in (0..a.output)
            .flat_map(|o| (0..b.output).flat_map(move |p| (0..d.output).map(move |q| (o, p, q))))
            .collect::<Vec<_>>()
        {
            for (k, l, m) in (0..a.kernel)
                .flat_map(|o| (0..b.kernel).flat_map(move |p| (0..d.kernel).map(move |q| (o, p, q))))
                .collect::<Vec<_>>()
            {
                let (Some(i), Some(j), Some(h)) = (at(&a, o, k), at(&b, p, l), at(&d, q, m)) else { continue };
                let x = ((n * a.input + i) * b.input + j) * d.input + h;
                let y = ((n * a.output + o) * b.output + p) * d.output + q;
                all.push((x, (k * b.kernel + l) * d.kernel + m, y, n));
            }
        }
    }
    all
}

/// Runs a kernel on elements of another type than f64 through it and back.
fn run<T: Number + Into<f64>>(kernel: &Kernel, inputs: [&[f64]; 2], len: usize, threads: usize) -> Vec<f64> {
    let pool = Pool::new(threads);
    let inputs = inputs.map(|i| i.iter().map(|&v| <T as math::Real>::from_f64(v)).collect::<Vec<T>>());
    let mut out = vec![<T as math::Real>::from_f64(f64::NAN); len];
    let mut scratch = vec![f64::NAN; kernel.scratch.div_ceil(8)];
    let seen = std::sync::Mutex::new(vec![0; len]);
    let tail = |r: std::ops::Range<usize>| seen.lock().unwrap()[r].iter_mut().for_each(|s| *s += 1);
    kernel.run(&Io {
        inputs: &inputs.each_ref().map(|i| i.as_ptr().cast()),
        outputs: &[out.as_mut_ptr().cast()],
        scratch: scratch.as_mut_ptr().cast(),
        pool: &pool,
        tail: Some(&tail),
        passing: None,
    });
    assert!(seen.lock().unwrap().iter().all(|&s| s == 1), "elements reported other than once");
    out.into_iter().map(Into::into).collect()
}

fn check(c: Convolution) {
    check_within(c, 0.0);
}

/// In f32 with errors up to this.
fn check_within(c: Convolution, error: f64) {
    let data = |n: usize, seed: usize| (0..n).map(|i| ((i * 7 + seed) % 13) as f64 - 6.0).collect::<Vec<_>>();
    let (x, w, y) = (data(c.inputs(), 1), data(c.weights(), 2), data(c.outputs(), 3));
    let (mut dx, mut dw, mut dy) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; y.len()]);
    let (each, per) = (c.channels_each(), c.filters_each());
    for (i, k, o, _) in places(&c) {
        for f in 0..c.filters {
            for ch in 0..each {
                let (i, k, o) =
                    (i * c.channels + f / per * each + ch, (k * each + ch) * c.filters + f, o * c.filters + f);
                dy[o] += x[i] * w[k];
                dx[i] += y[o] * w[k];
                dw[k] += x[i] * y[o];
            }
        }
    }
    let near = |got: Vec<f64>, want: &[f64], what: &str| {
        let far = got.iter().zip(want).position(|(g, w)| g.is_nan() || (g - w).abs() > error);
        assert_eq!(far.map(|i| (i, got[i], want[i])), None, "{what} of f32 {c:?}");
    };
    // Small whole numbers: every order of the sums gives the same, in f32 too.
    for threads in [1, 3] {
        assert_eq!(run::<f64>(&conv::<f64>(c), [&x, &w], y.len(), threads), dy, "forward {c:?}");
        assert_eq!(run::<f64>(&conv_transpose::<f64>(c), [&y, &w], x.len(), threads), dx, "transpose {c:?}");
        assert_eq!(run::<f64>(&conv_kernel_gradient::<f64>(c), [&x, &y], w.len(), threads), dw, "kernel {c:?}");
        near(run::<f32>(&conv::<f32>(c), [&x, &w], y.len(), threads), &dy, "forward");
        near(run::<f32>(&conv_transpose::<f32>(c), [&y, &w], x.len(), threads), &dx, "transpose");
        near(run::<f32>(&conv_kernel_gradient::<f32>(c), [&x, &y], w.len(), threads), &dw, "kernel");
    }
}

fn axis(input: usize, kernel: usize, stride: usize, dilation: usize, before: isize, after: isize) -> ConvAxis {
    let reach = input as isize + before + after - ((kernel - 1) * dilation + 1) as isize;
    ConvAxis {
        input,
        output: (reach.div_euclid(stride as isize) + 1).max(0) as usize,
        kernel,
        stride,
        dilation,
        before,
    }
}

#[test]
fn directions_are_their_definitions() {
    let none = ConvAxis::NONE;
    let lines = [
        axis(7, 3, 1, 1, 1, 1),
        axis(7, 3, 2, 1, 0, 1),
        axis(9, 2, 3, 1, 0, 0),
        axis(8, 3, 1, 2, 2, 2),
        axis(5, 1, 1, 1, 0, 0),
        axis(6, 1, 2, 1, 0, 0),
        axis(6, 4, 1, 1, -1, 2),
        axis(6, 3, 4, 1, 2, -1),
        axis(20, 5, 2, 1, 2, 2),
        axis(3, 3, 1, 1, 3, 3),
    ];
    for (channels, filters, groups) in
        [(1, 1, 1), (1, 4, 1), (3, 5, 1), (4, 6, 2), (3, 3, 3), (3, 6, 3), (0, 2, 1), (2, 0, 1)]
    {
        for (i, &a) in lines.iter().enumerate() {
            check(Convolution { batch: 2, axes: [none, none, a], channels, filters, groups });
            let b = lines[(i * 3 + 1) % lines.len()];
            check(Convolution { batch: 2, axes: [none, a, b], channels, filters, groups });
        }
        check(Convolution { batch: 1, axes: [lines[1], lines[0], lines[6]], channels, filters, groups });
        check(Convolution { batch: 0, axes: [none, lines[1], lines[0]], channels, filters, groups });
    }
}

#[test]
fn large_ones_are_cut() {
    let a = axis(40, 3, 1, 1, 1, 1);
    let b = axis(41, 3, 2, 1, 1, 1);
    let none = ConvAxis::NONE;
    for (channels, filters, groups) in [(1, 70, 1), (20, 130, 1), (24, 24, 24), (8, 64, 2)] {
        // By points the sums are rounded: to the whole number that they are.
        check_within(Convolution { batch: 3, axes: [none, a, a], channels, filters, groups }, 0.4);
        check(Convolution { batch: 3, axes: [none, b, a], channels, filters, groups });
    }
    let one = axis(40, 1, 1, 1, 0, 0);
    check(Convolution { batch: 2, axes: [none, one, one], channels: 300, filters: 250, groups: 1 });
}
