//! w = Σ windows of x ⊗ elements of y: the gradient of a convolution's kernel.
//!
//! The sum over all places is cut into parts that depend on the shape alone; their partial sums are added in order.

use super::{
    Convolution, Number, Shared,
    blocks::{self, Blocks},
    depthwise, direct_gradient, is_f32,
    patches::Patches,
    winograd::{Gradient, Plane},
};
use crate::{Kernel, Pool, gemm, gemm::single, simd};

/// Parts of the sum, at most.
const PARTS: usize = 16;
/// Elements of all partial sums together, about.
const PARTIAL: usize = 8 << 20;

/// The gradient of the kernel from inputs 0 (x) and 1 (the gradient of y) of the convolution that `c` describes.
pub fn conv_kernel_gradient<T: Number>(c: Convolution) -> Kernel {
    let patches = Patches::forward(&c);
    if c.is_depthwise() {
        return depthwise::kernel_gradient::<T>(c, patches);
    }
    let (depth, columns, rows) = (patches.taps() * c.channels_each(), c.filters_each(), patches.rows());
    let large = depth * c.filters > 64 * 1024;
    if patches.is_whole() && c.groups == 1 && large {
        return Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these sizes.
            let (x, y, w) = unsafe { buffers::<T>(io, &c) };
            let (k, n) = (depth as isize, columns as isize);
            // SAFETY: contiguous matrices of these sizes, x transposed.
            unsafe {
                gemm(
                    io.pool,
                    depth,
                    columns,
                    rows,
                    x.as_ptr(),
                    1,
                    k,
                    y.as_ptr(),
                    n,
                    1,
                    w.as_mut_ptr(),
                    n,
                    io.tail,
                    None,
                );
            }
        });
    }
    if is_f32::<T>()
        && c.groups == 1
        && let Some(kernel) = winograd(c).or_else(|| direct_gradient::kernel(c, &patches))
    {
        return kernel;
    }
    let blocks = Blocks::new(rows, depth, columns);
    let bands = rows.div_ceil(blocks.height);
    let parts = bands.min(PARTS).min(PARTIAL / c.weights().max(1)).max(1);
    let cuts = (PARTS / parts).min(columns.div_ceil(64)).max(1);
    let (units, size) = (parts * cuts, blocks.size);
    let tasks = units.min(blocks.tasks);
    let partial = if parts > 1 { parts * c.weights() } else { 0 };
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, y, w), scratch) = unsafe { (buffers::<T>(io, &c), io.scratch::<T>(partial + tasks * size)) };
        let (sums, scratch) = scratch.split_at_mut(partial);
        let scratch = &Shared::new(scratch);
        let target = &Shared::new(if parts > 1 { &mut *sums } else { &mut *w });
        io.pool.run(tasks, &|task| {
            // SAFETY: each task has its own part.
            let block = unsafe { scratch.slice(task * size, size) };
            for unit in units * task / tasks..units * (task + 1) / tasks {
                let (part, cut) = (unit / cuts, unit % cuts);
                let cols = columns * cut / cuts..columns * (cut + 1) / cuts;
                let stride = c.filters as isize;
                let target = target.start().wrapping_add(part * c.weights());
                let mut band = bands * part / parts..bands * (part + 1) / parts;
                let first = band.start;
                if bands == 0 {
                    // No places: the sum is zeros, which an empty product writes.
                    band = 0..1;
                }
                for (band, group) in band.flat_map(|b| (0..c.groups).map(move |g| (b, g))) {
                    let rows = (band * blocks.height).min(rows)..((band + 1) * blocks.height).min(rows);
                    let channels = group * c.channels_each()..(group + 1) * c.channels_each();
                    let b = blocks::gather(&patches, x, rows.clone(), channels, block);
                    let f = group * columns + cols.start;
                    // SAFETY: y has a row of `filters` for each place; the columns of the target are this unit's alone.
                    unsafe {
                        let (y, w) = (y.as_ptr().wrapping_add(rows.start * c.filters + f), target.wrapping_add(f));
                        let (a, m, n, k) = (block.as_ptr(), depth, cols.len(), rows.len());
                        single(m, n, k, a, b.column, b.row, y, stride, 1, w, stride, band != first);
                    }
                }
            }
        });
        if parts > 1 {
            add_up(io.pool, sums, w);
        }
        io.all_finished(c.weights());
    })
    .with_scratch((partial + tasks * size) * size_of::<T>())
}

/// The gradient by points, where that is faster.
fn winograd(c: Convolution) -> Option<Kernel> {
    let gradient = Gradient::new(Plane::new(&c)?, c.channels, c.filters)?;
    let scratch = gradient.scratch();
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, g, w), scratch) = unsafe { (buffers::<f32>(io, &c), io.scratch::<f32>(scratch)) };
        gradient.run(io.pool, [x, g], scratch, w);
        io.all_finished(c.weights());
    });
    Some(kernel.with_scratch(scratch * size_of::<f32>()))
}

/// The sum of equal parts, in order.
pub(super) fn add_up<T: Number>(pool: &Pool, parts: &[T], out: &mut [T]) {
    const GRAIN: usize = 4096;
    let (len, target) = (out.len(), &Shared::new(out));
    pool.run(len.div_ceil(GRAIN), &|task| {
        let (from, to) = (task * GRAIN, ((task + 1) * GRAIN).min(len));
        // SAFETY: this task's elements.
        let out = unsafe { target.slice(from, to - from) };
        simd(
            #[inline(always)]
            || {
                out.copy_from_slice(&parts[from..to]);
                for part in parts.chunks_exact(len).skip(1) {
                    out.iter_mut().zip(&part[from..to]).for_each(|(o, &v)| *o += v);
                }
            },
        );
    });
}

/// x, the gradient of y, and that of the kernel.
///
/// # Safety
/// As `forward::buffers`.
pub(super) unsafe fn buffers<'a, T>(io: &'a crate::Io<'a>, c: &Convolution) -> (&'a [T], &'a [T], &'a mut [T]) {
    // SAFETY: the caller vouches for it.
    unsafe { (io.input(0, c.inputs()), io.input(1, c.outputs()), io.output(0, c.weights())) }
}
