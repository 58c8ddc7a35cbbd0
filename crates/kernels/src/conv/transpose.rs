//! x = the sum of the windows that y's elements weigh: the gradient of a convolution's input, and the transposed convolution.
//!
//! Along an axis of stride s, the elements of x whose places are equal modulo s read the same taps. Each such phase is a
//! convolution of stride 1 over y with some of the taps, so nothing is added twice and no zeros are multiplied.

use super::{
    ConvAxis, Convolution, Number, Shared,
    blocks::{self, Blocks},
    depthwise,
    direct::{Direct, THREADS},
    forward, is_f32,
    patches::{Line, Patches, Place},
    winograd::{Layout, Plane, Winograd},
};
use crate::{Kernel, gemm, gemm::single, simd};

/// The elements `first, first + stride, …` of an axis of x and the taps they read.
#[derive(Clone, Debug)]
struct PhaseAxis {
    first: usize,
    stride: usize,
    line: Line,
    /// The taps of the kernel, in the order of the line's offsets.
    taps: Vec<usize>,
}

fn phases(a: &ConvAxis) -> Vec<PhaseAxis> {
    let stride = a.stride as isize;
    (0..a.stride.min(a.input))
        .map(|first| {
            // Element first + m · stride is tap k of place m + (first + before - k · dilation) / stride.
            let reach = |k: usize| first as isize + a.before - (k * a.dilation) as isize;
            let mut taps: Vec<usize> = (0..a.kernel).filter(|&k| reach(k).rem_euclid(stride) == 0).collect();
            taps.sort_by_key(|&k| reach(k));
            let offsets = taps.iter().map(|&k| reach(k).div_euclid(stride)).collect();
            let places = (a.input - first).div_ceil(a.stride);
            PhaseAxis { first, stride: a.stride, line: Line { places, step: 1, offsets, limit: a.output }, taps }
        })
        .collect()
}

/// One phase of all axes.
#[derive(Clone, Debug)]
pub(super) struct Phase {
    axes: [PhaseAxis; 3],
    /// Windows over y.
    pub patches: Patches,
    /// The places of the kernel that are read, in the order of the windows.
    pub taps: Vec<usize>,
    /// Whether it is all there is, so that its rows are those of x.
    whole: bool,
    blocks: Blocks,
    /// Where its weights lie among those of all phases.
    weights: usize,
}

impl Phase {
    fn new(c: &Convolution, axes: [&PhaseAxis; 3], weights: usize) -> Self {
        let axes = axes.map(PhaseAxis::clone);
        let patches = Patches::new(c.batch, axes.each_ref().map(|a| a.line.clone()), c.filters);
        let [_, n1, n2] = c.axes.map(|a| a.kernel);
        let [p, q, r] = axes.each_ref().map(|a| &a.taps);
        let taps: Vec<usize> =
            p.iter().flat_map(|i| q.iter().flat_map(move |j| r.iter().map(move |k| (i * n1 + j) * n2 + k))).collect();
        let blocks = Blocks::new(patches.rows(), taps.len() * c.filters_each(), c.channels_each());
        let whole = axes.iter().all(|a| a.stride == 1);
        Self { axes, patches, taps, whole, blocks, weights }
    }

    pub fn all(c: &Convolution) -> Vec<Phase> {
        let [p, q, r] = c.axes.each_ref().map(phases);
        let mut all: Vec<Phase> = vec![];
        for (i, j) in p.iter().flat_map(|i| q.iter().map(move |j| (i, j))) {
            for k in &r {
                let weights = all.last().map_or(0, |l| l.weights + l.taps.len() * c.channels_each() * c.filters);
                all.push(Phase::new(c, [i, j, k], weights));
            }
        }
        all
    }

    /// Where the elements of x at a place of this phase lie.
    #[inline(always)]
    pub fn target(&self, c: &Convolution, (sample, at): Place) -> usize {
        let mut place = sample;
        for ((axis, phase), m) in c.axes.iter().zip(&self.axes).zip(at) {
            place = place * axis.input + phase.first + m * phase.stride;
        }
        place * c.channels
    }
}

/// The transposed convolution of inputs 0 (y) and 1 (the kernel) of the convolution that `c` describes.
pub fn conv_transpose<T: Number>(c: Convolution) -> Kernel {
    let phases = Phase::all(&c);
    if c.is_depthwise() {
        return depthwise::transpose::<T>(c, phases);
    }
    let (columns, each) = (c.channels_each(), c.filters_each());
    if let ([phase], 1) = (&phases[..], c.groups)
        && phase.whole
        && phase.patches.is_whole()
        && c.taps() == 1
    {
        let rows = phase.patches.rows();
        return Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these sizes.
            let (y, w, x) = unsafe {
                (io.input::<T>(0, c.outputs()), io.input::<T>(1, c.weights()), io.output::<T>(0, c.inputs()))
            };
            let (n, k) = (columns as isize, each as isize);
            // SAFETY: contiguous matrices of these sizes, the kernel transposed.
            unsafe {
                gemm(
                    io.pool,
                    rows,
                    columns,
                    each,
                    y.as_ptr(),
                    k,
                    1,
                    w.as_ptr(),
                    1,
                    k,
                    x.as_mut_ptr(),
                    n,
                    io.tail,
                    None,
                );
            }
        });
    }
    if is_f32::<T>()
        && c.groups == 1
        && let Some(kernel) = winograd(c).or_else(|| direct(c, &phases))
    {
        return kernel;
    }
    let tasks: usize = phases.iter().map(|p| p.blocks.tasks).max().unwrap_or(0);
    let windows = phases.iter().map(|p| p.blocks.size).max().unwrap_or(0);
    // Rows that do not follow each other in x are computed beside it.
    let results = phases.iter().filter(|p| !p.whole).map(|p| p.blocks.height * p.blocks.width).max().unwrap_or(0);
    let (weights, part) = (c.weights(), windows + results);
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let (y, w, x, scratch) = unsafe {
            let (y, w) = (io.input::<T>(0, c.outputs()), io.input::<T>(1, c.weights()));
            (y, w, io.output::<T>(0, c.inputs()), io.scratch::<T>(weights + tasks * part))
        };
        let (turned, scratch) = scratch.split_at_mut(weights);
        turn(io.pool, &c, &phases, w, turned);
        let (turned, scratch, x) = (&*turned, &Shared::new(scratch), &Shared::new(x));
        for phase in &phases {
            let (depth, blocks) = (phase.taps.len() * each, &phase.blocks);
            io.pool.run(blocks.tasks, &|task| {
                // SAFETY: each task has its own part.
                let (block, result) = unsafe { scratch.slice(task * part, part) }.split_at_mut(windows);
                for (rows, cols) in blocks.units(task) {
                    for group in 0..c.groups {
                        let b =
                            blocks::gather(&phase.patches, y, rows.clone(), group * each..(group + 1) * each, block);
                        let w = &turned[phase.weights + group * depth * columns + cols.start..];
                        let (m, n, at) = (rows.len(), cols.len(), group * columns + cols.start);
                        let stride = columns as isize;
                        // SAFETY: the block is m · depth, the weights depth · columns; rows of x are this unit's alone.
                        unsafe {
                            let (a, w) = (block.as_ptr(), w.as_ptr());
                            if phase.whole {
                                let x = x.start().add(rows.start * c.channels + at);
                                single(m, n, depth, a, b.row, b.column, w, stride, 1, x, c.channels as isize, false);
                                continue;
                            }
                            let r = result.as_mut_ptr();
                            single(m, n, depth, a, b.row, b.column, w, stride, 1, r, n as isize, false);
                            for (place, result) in phase.patches.walk(rows.clone()).zip(result.chunks_exact(n.max(1))) {
                                x.slice(phase.target(&c, place) + at, n).copy_from_slice(result);
                            }
                        }
                    }
                    if phase.whole {
                        forward::finished(io, rows, cols, columns, c.channels, c.groups);
                    }
                }
            });
        }
        if !phases.iter().all(|p| p.whole) {
            io.all_finished(c.inputs());
        }
    })
    .with_scratch((weights + tasks * part) * size_of::<T>())
}

/// The transposed convolution by points, where that is faster: a convolution with the kernel turned round.
fn winograd(c: Convolution) -> Option<Kernel> {
    let layout = Layout { row: 1, column: c.filters, backwards: true };
    let winograd = Winograd::new(Plane::new(&c)?.back(), c.filters, c.channels, layout)?;
    let scratch = winograd.scratch();
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let (y, w, x, scratch) = unsafe {
            let (y, w) = (io.input::<f32>(0, c.outputs()), io.input::<f32>(1, c.weights()));
            (y, w, io.output::<f32>(0, c.inputs()), io.scratch::<f32>(scratch))
        };
        winograd.run(io.pool, [y, w], scratch, &Shared::new(x), &|done| io.finished(done));
    });
    Some(kernel.with_scratch(scratch * size_of::<f32>()))
}

/// The transposed convolution by micro-kernels, where there are some for every phase.
fn direct(c: Convolution, phases: &[Phase]) -> Option<Kernel> {
    let [_, q, r] = c.axes.map(|a| a.input);
    let [n0, n1, n2] = c.axes.map(|a| a.input);
    let make = |phase: &Phase| {
        let [i, j, k] = phase.axes.each_ref().map(|a| a.stride);
        let steps = [n0 * n1 * n2, i * q * r, j * r, k].map(|n| n * c.channels);
        Direct::new(&phase.patches, c.channels, steps)
    };
    // What no tap reaches is zeros.
    let reached = || phases.iter().filter(|p| !p.taps.is_empty());
    let holes = reached().count() < phases.len();
    let all: Vec<(Phase, Direct)> =
        reached().map(|p| Some((p.clone(), make(p)?))).collect::<Option<_>>().filter(|v: &Vec<_>| !v.is_empty())?;
    let weights = all.iter().map(|(_, d)| d.weights()).max().unwrap_or(0).next_multiple_of(16);
    let each = all.iter().map(|(_, d)| d.scratch()).max().unwrap_or(0);
    let whole = all.iter().all(|(p, _)| p.whole);
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let (y, w, x, scratch) = unsafe {
            let (y, w) = (io.input::<f32>(0, c.outputs()), io.input::<f32>(1, c.weights()));
            (y, w, io.output::<f32>(0, c.inputs()), io.scratch::<f32>(weights + each * THREADS))
        };
        let (packed, scratch) = scratch.split_at_mut(weights);
        let (scratch, x) = (&Shared::new(scratch), &Shared::new(x));
        if holes {
            const GRAIN: usize = 32 * 1024;
            io.pool.run(c.inputs().div_ceil(GRAIN), &|task| {
                let at = task * GRAIN;
                // SAFETY: this task's elements.
                unsafe { x.slice(at, GRAIN.min(c.inputs() - at)) }.fill(0.0);
            });
        }
        for (phase, direct) in &all {
            let packed = &mut packed[..direct.weights()];
            let weight =
                |row: usize| (phase.taps[row / c.filters] * c.channels * c.filters + row % c.filters, c.filters);
            direct.pack(io.pool, w, &weight, packed);
            let origin = |sample: usize, at: [usize; 3]| phase.target(&c, (sample, at));
            let done = |rows: std::ops::Range<usize>| {
                if whole {
                    io.finished(rows.start * c.channels..rows.end * c.channels);
                }
            };
            direct.run(io.pool, y, packed, scratch, x, &origin, &done);
        }
        if !whole {
            io.all_finished(c.inputs());
        }
    });
    Some(kernel.with_scratch((weights + each * THREADS) * size_of::<f32>()))
}

/// The weights of each phase and group as matrices (taps · filters, channels).
fn turn<T: Number>(pool: &crate::Pool, c: &Convolution, phases: &[Phase], w: &[T], out: &mut [T]) {
    let (columns, each) = (c.channels_each(), c.filters_each());
    let out = &Shared::new(out);
    let jobs: Vec<(&Phase, usize)> = phases.iter().flat_map(|p| (0..p.taps.len()).map(move |j| (p, j))).collect();
    let per = (32 * 1024 / (columns * c.filters).max(1)).max(1);
    pool.run(jobs.len().div_ceil(per), &|task| {
        for &(phase, j) in &jobs[task * per..((task + 1) * per).min(jobs.len())] {
            let w = &w[phase.taps[j] * columns * c.filters..][..columns * c.filters];
            for group in 0..c.groups {
                let at = phase.weights + (group * phase.taps.len() + j) * each * columns;
                // SAFETY: the place of this tap's weights.
                let out = unsafe { out.slice(at, each * columns) };
                simd(
                    #[inline(always)]
                    || {
                        for (f, out) in out.chunks_exact_mut(columns.max(1)).enumerate() {
                            let w = w.iter().skip(group * each + f).step_by(c.filters);
                            out.iter_mut().zip(w).for_each(|(o, &v)| *o = v);
                        }
                    },
                );
            }
        }
    });
}
