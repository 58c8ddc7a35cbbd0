//! Convolutions as candle computes them: its own where it has such a one (channels first, one stride, one dilation and one pad
//! for all axes), elsewhere one matrix product for each element of the kernel.

use super::geometry::Attrs;
use crate::{lower::Candle, tensors};
use candle_core::{Result, Tensor};

/// The one number in all of them.
fn common<T: Copy + PartialEq>(v: impl IntoIterator<Item = T>) -> Option<T> {
    let mut v = v.into_iter();
    let first = v.next()?;
    v.all(|n| n == first).then_some(first)
}

impl Attrs<'_> {
    /// (stride, dilation, pad), where candle has such a convolution.
    fn plain(&self, x: &Tensor) -> Option<(usize, usize, usize)> {
        let pad = common(self.pads.iter().flatten().copied())?;
        let fits = x.rank() <= 4 && x.dtype() == candle_core::DType::F32;
        fits.then_some((
            common(self.strides.iter().copied())?,
            common(self.dilation.iter().copied())?,
            usize::try_from(pad).ok()?,
        ))
    }

    /// For an element of the kernel, the element of x (`n` along each axis) that it meets in each of the windows.
    fn rows(&self, element: &[usize], n: &[usize], windows: &[usize]) -> Vec<Vec<Option<usize>>> {
        let axis = |a: usize| {
            let first = (element[a] * self.dilation[a]) as i64 - self.pads[a][0];
            let place = |o: usize| usize::try_from(first + (o * self.strides[a]) as i64).ok().filter(|&i| i < n[a]);
            (0..windows[a]).map(place).collect()
        };
        (0..n.len()).map(axis).collect()
    }
}

/// (b, …, a) as (b, a, …).
fn channels_first(x: &Tensor) -> Result<Tensor> {
    let order: Vec<usize> = [0, x.rank() - 1].into_iter().chain(1..x.rank() - 1).collect();
    x.permute(order)?.contiguous()
}

fn channels_last(x: &Tensor) -> Result<Tensor> {
    let order: Vec<usize> = [0].into_iter().chain(2..x.rank()).chain([1]).collect();
    x.permute(order)?.contiguous()
}

/// The last two axes of a kernel in front: the last one first.
fn kernel_first(w: &Tensor) -> Result<Tensor> {
    let n = w.rank();
    let order: Vec<usize> = [n - 1, n - 2].into_iter().chain(0..n - 2).collect();
    w.permute(order)?.contiguous()
}

fn any_conv(x: &Tensor, w: &Tensor, pad: usize, stride: usize, dilation: usize, groups: usize) -> Result<Tensor> {
    if x.rank() == 3 { x.conv1d(w, pad, stride, dilation, groups) } else { x.conv2d(w, pad, stride, dilation, groups) }
}

/// One element of a kernel (…, a, b): a matrix for each group of its columns, or of its rows.
fn element(w: &Tensor, at: &[usize]) -> Result<Tensor> {
    at.iter().try_fold(w.clone(), |w, &i| tensors::at(&w, 0, i))
}

/// Rows (…, a) as a matrix.
fn rows(x: &Tensor) -> Result<Tensor> {
    let last = x.dim(x.rank() - 1)?;
    x.contiguous()?.reshape((x.elem_count() / last.max(1), last))
}

/// Of the last axis of a matrix, the part that belongs to a group.
fn group(x: &Tensor, groups: usize, g: usize) -> Result<Tensor> {
    let n = x.dim(1)? / groups;
    x.narrow(1, g * n, n)?.contiguous()
}

pub fn conv(x: &Tensor, w: &Tensor, attrs: &Attrs<'_>, windows: &[usize]) -> Candle {
    if x.elem_count() == 0 || w.elem_count() == 0 || windows.contains(&0) {
        return Ok(None);
    }
    if let Some((stride, dilation, pad)) = attrs.plain(x) {
        let y = any_conv(&channels_first(x)?, &kernel_first(w)?, pad, stride, dilation, attrs.groups)?;
        return channels_last(&y).map(Some);
    }
    let (rank, filters) = (windows.len(), w.dim(w.rank() - 1)?);
    let mut sum: Option<Tensor> = None;
    for at in tensors::combinations(&w.dims()[..rank]) {
        let met = attrs.rows(&at, &x.dims()[1..=rank], windows);
        let (met, k) = (rows(&tensors::pick_all(x, &met, 0.0)?)?, element(w, &at)?);
        let parts = (0..attrs.groups).map(|g| group(&met, attrs.groups, g)?.matmul(&group(&k, attrs.groups, g)?));
        let y = Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 1)?;
        sum = Some(sum.map_or(Ok(y.clone()), |s| s + &y)?);
    }
    let shape = [&x.dims()[..1], windows, &[filters]].concat();
    sum.map(|s| s.reshape(shape)).transpose()
}

pub fn conv_transpose(y: &Tensor, w: &Tensor, attrs: &Attrs<'_>, sizes: &[usize]) -> Candle {
    if y.elem_count() == 0 || w.elem_count() == 0 || sizes.contains(&0) {
        return Ok(None);
    }
    let rank = sizes.len();
    if let Some((stride, dilation, pad)) = attrs.plain(y).filter(|_| attrs.groups == 1) {
        let (y, w) = (channels_first(y)?, kernel_first(w)?);
        let x = if y.rank() == 3 {
            // candle's own for one axis is wrong for all samples but the first.
            let full = y.unsqueeze(2)?.conv_transpose2d(&w.unsqueeze(2)?, 0, 0, stride, dilation)?.squeeze(2)?;
            full.narrow(2, pad, full.dim(2)? - 2 * pad)?.contiguous()?
        } else {
            y.conv_transpose2d(&w, pad, 0, stride, dilation)?
        };
        return channels_last(&x).map(Some);
    }
    let windows = &y.dims()[1..=rank];
    let flat = rows(y)?;
    let mut sum: Option<Tensor> = None;
    for at in tensors::combinations(&w.dims()[..rank]) {
        let k = element(w, &at)?;
        let parts = (0..attrs.groups)
            .map(|g| group(&flat, attrs.groups, g)?.matmul(&group(&k, attrs.groups, g)?.t()?.contiguous()?));
        let spread = Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 1)?;
        let channels = spread.dim(1)?;
        let spread = spread.reshape([&y.dims()[..1], windows, &[channels]].concat())?;
        let x = tensors::unpick_all(&spread, &attrs.rows(&at, sizes, windows), sizes)?;
        sum = Some(sum.map_or(Ok(x.clone()), |s| s + &x)?);
    }
    Ok(sum)
}

/// Where candle has the convolution, channels and samples change places, strides and dilations too.
pub fn conv_kernel_gradient(x: &Tensor, g: &Tensor, kernel: &[usize], attrs: &Attrs<'_>) -> Candle {
    if x.elem_count() == 0 || g.elem_count() == 0 {
        return Ok(None);
    }
    let rank = kernel.len();
    if let Some((stride, dilation, pad)) = attrs.plain(x).filter(|_| attrs.groups == 1) {
        let swapped = |t: &Tensor| channels_first(t)?.transpose(0, 1)?.contiguous();
        let mut w = any_conv(&swapped(x)?, &swapped(g)?, pad, dilation, stride, 1)?;
        for (axis, &k) in kernel.iter().enumerate() {
            w = w.narrow(axis + 2, 0, k)?;
        }
        let order: Vec<usize> = (2..w.rank()).chain([0, 1]).collect();
        return w.permute(order)?.contiguous().map(Some);
    }
    let (windows, flat) = (&g.dims()[1..=rank], rows(g)?);
    let mut elements = vec![];
    for at in tensors::combinations(kernel) {
        let met = rows(&tensors::pick_all(x, &attrs.rows(&at, &x.dims()[1..=rank], windows), 0.0)?)?;
        let parts = (0..attrs.groups)
            .map(|i| group(&met, attrs.groups, i)?.t()?.contiguous()?.matmul(&group(&flat, attrs.groups, i)?));
        elements.push(Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 1)?);
    }
    let (a, b) = elements[0].dims2()?;
    Tensor::stack(&elements, 0)?.reshape([kernel, &[a, b]].concat()).map(Some)
}
