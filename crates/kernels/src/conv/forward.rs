//! y = x ∗ w

use super::{
    Convolution, Number, Shared, blocks,
    blocks::Blocks,
    depthwise,
    direct::{Direct, THREADS},
    is_f32,
    patches::Patches,
    winograd::{Layout, Plane, Winograd},
};
use crate::{Io, Kernel, gemm, gemm::single};

/// The convolution of inputs 0 (x) and 1 (the kernel).
pub fn conv<T: Number>(c: Convolution) -> Kernel {
    let patches = Patches::forward(&c);
    if c.is_depthwise() {
        return depthwise::forward::<T>(c, patches);
    }
    let (depth, columns) = (patches.taps() * c.channels_each(), c.filters_each());
    if patches.is_whole() && c.groups == 1 {
        return Kernel::new(move |io| {
            // SAFETY: the plan gives buffers of these sizes.
            let (x, w, y) = unsafe { buffers::<T>(io, &c) };
            let (m, n, k) = (patches.rows(), columns as isize, depth as isize);
            // SAFETY: contiguous matrices of these sizes.
            unsafe {
                gemm(io.pool, m, columns, depth, x.as_ptr(), k, 1, w.as_ptr(), n, 1, y.as_mut_ptr(), n, io.tail, None);
            }
        });
    }
    if is_f32::<T>()
        && c.groups == 1
        && let Some(kernel) = winograd(c).or_else(|| direct(c, &patches))
    {
        return kernel;
    }
    let blocks = Blocks::new(patches.rows(), depth, columns);
    let scratch = blocks.scratch();
    Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, w, y), scratch) = unsafe { (buffers::<T>(io, &c), io.scratch::<T>(scratch)) };
        let (scratch, y) = (&Shared::new(scratch), &Shared::new(y));
        io.pool.run(blocks.tasks, &|task| {
            // SAFETY: each task has its own part.
            let block = unsafe { scratch.slice(task * blocks.size, blocks.size) };
            for (rows, cols) in blocks.units(task) {
                for group in 0..c.groups {
                    let channels = group * c.channels_each()..(group + 1) * c.channels_each();
                    let b = blocks::gather(&patches, x, rows.clone(), channels, block);
                    let (f, stride) = (group * columns + cols.start, c.filters as isize);
                    // SAFETY: this unit's part of y; w has a row of `filters` for each element of a window.
                    unsafe {
                        let (w, y) = (w.as_ptr().add(f), y.start().add(rows.start * c.filters + f));
                        let (m, n) = (rows.len(), cols.len());
                        single(m, n, depth, block.as_ptr(), b.row, b.column, w, stride, 1, y, stride, false);
                    }
                }
                finished(io, rows, cols, columns, c.filters, c.groups);
            }
        });
    })
    .with_scratch(scratch * size_of::<T>())
}

/// The convolution by points, where that is faster.
fn winograd(c: Convolution) -> Option<Kernel> {
    let layout = Layout { row: c.filters, column: 1, backwards: false };
    let winograd = Winograd::new(Plane::new(&c)?, c.channels, c.filters, layout)?;
    let scratch = winograd.scratch();
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, w, y), scratch) = unsafe { (buffers::<f32>(io, &c), io.scratch::<f32>(scratch)) };
        winograd.run(io.pool, [x, w], scratch, &Shared::new(y), &|done| io.finished(done));
    });
    Some(kernel.with_scratch(scratch * size_of::<f32>()))
}

/// The convolution by micro-kernels, where there are some.
fn direct(c: Convolution, patches: &Patches) -> Option<Kernel> {
    let [p, q, r] = c.axes.map(|a| a.output);
    let steps = [p * q * r, q * r, r, 1].map(|n| n * c.filters);
    let direct = Direct::new(patches, c.filters, steps)?;
    let (weights, each) = (direct.weights().next_multiple_of(16), direct.scratch());
    let kernel = Kernel::new(move |io| {
        // SAFETY: the plan gives buffers of these sizes; the scratch was asked for below.
        let ((x, w, y), scratch) = unsafe { (buffers::<f32>(io, &c), io.scratch::<f32>(weights + each * THREADS)) };
        let (packed, scratch) = scratch.split_at_mut(weights);
        let packed = &mut packed[..direct.weights()];
        direct.pack(io.pool, w, &|row| (row * c.filters, 1), packed);
        let origin = |sample: usize, [i, j, k]: [usize; 3]| (((sample * p + i) * q + j) * r + k) * c.filters;
        let done = |rows: std::ops::Range<usize>| io.finished(rows.start * c.filters..rows.end * c.filters);
        direct.run(io.pool, x, packed, &Shared::new(scratch), &Shared::new(y), &origin, &done);
    });
    Some(kernel.with_scratch((weights + each * THREADS) * size_of::<f32>()))
}

/// Reports the part of the rows that a unit has written in every group.
pub(super) fn finished(
    io: &Io<'_>,
    rows: std::ops::Range<usize>,
    cols: std::ops::Range<usize>,
    columns: usize,
    row: usize,
    groups: usize,
) {
    if io.tail.is_none() {
        return;
    }
    if cols.len() == columns {
        return io.finished(rows.start * row..rows.end * row);
    }
    for (r, g) in rows.flat_map(|r| (0..groups).map(move |g| (r, g))) {
        let at = r * row + g * columns;
        io.finished(at + cols.start..at + cols.end);
    }
}

/// x, the kernel and y.
///
/// # Safety
/// The buffers are those of this convolution, and y is the caller's alone.
pub(super) unsafe fn buffers<'a, T>(io: &'a Io<'a>, c: &Convolution) -> (&'a [T], &'a [T], &'a mut [T]) {
    // SAFETY: the caller vouches for it.
    unsafe { (io.input(0, c.inputs()), io.input(1, c.weights()), io.output(0, c.outputs())) }
}
