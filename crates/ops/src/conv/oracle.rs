//! Convolutions as candle computes them: channels first, one stride, one dilation and one pad for all axes.

use crate::lower::Candle;
use candle_core::{Result, Tensor};

/// The one number in all of them.
fn common<T: Copy + PartialEq>(v: impl IntoIterator<Item = T>) -> Option<T> {
    let mut v = v.into_iter();
    let first = v.next()?;
    v.all(|n| n == first).then_some(first)
}

/// (stride, dilation, pad), where candle has such a convolution.
fn plain(x: &Tensor, strides: &[usize], dilation: &[usize], pads: &[[i64; 2]]) -> Option<(usize, usize, usize)> {
    let pad = common(pads.iter().flatten().copied())?;
    if x.rank() > 4 || x.elem_count() == 0 {
        return None;
    }
    Some((common(strides.iter().copied())?, common(dilation.iter().copied())?, usize::try_from(pad).ok()?))
}

/// The axis `from` of a tensor put last, the one before it first, as (b, …, a) becomes (b, a, …).
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

pub fn conv(x: &Tensor, w: &Tensor, strides: &[usize], dilation: &[usize], pads: &[[i64; 2]], groups: usize) -> Candle {
    let Some((stride, dilation, pad)) = plain(x, strides, dilation, pads) else { return Ok(None) };
    if w.elem_count() == 0 {
        return Ok(None);
    }
    let y = any_conv(&channels_first(x)?, &kernel_first(w)?, pad, stride, dilation, groups)?;
    channels_last(&y).map(Some)
}

pub fn conv_transpose(
    y: &Tensor,
    w: &Tensor,
    strides: &[usize],
    dilation: &[usize],
    pads: &[[i64; 2]],
    groups: usize,
) -> Candle {
    let Some((stride, dilation, pad)) = plain(y, strides, dilation, pads) else { return Ok(None) };
    if groups != 1 || w.elem_count() == 0 {
        return Ok(None);
    }
    let (y, w) = (channels_first(y)?, kernel_first(w)?);
    let x = if y.rank() == 3 {
        // candle's own for one axis is wrong for all samples but the first.
        let full = y.unsqueeze(2)?.conv_transpose2d(&w.unsqueeze(2)?, 0, 0, stride, dilation)?.squeeze(2)?;
        full.narrow(2, pad, full.dim(2)? - 2 * pad)?.contiguous()?
    } else {
        y.conv_transpose2d(&w, pad, 0, stride, dilation)?
    };
    channels_last(&x).map(Some)
}

/// Channels and samples change places, strides and dilations too.
pub fn conv_kernel_gradient(
    x: &Tensor,
    g: &Tensor,
    kernel: &[usize],
    (strides, dilation, pads): (&[usize], &[usize], &[[i64; 2]]),
    groups: usize,
) -> Candle {
    let Some((stride, dilation, pad)) = plain(x, strides, dilation, pads) else { return Ok(None) };
    if groups != 1 || g.elem_count() == 0 {
        return Ok(None);
    }
    let swapped = |t: &Tensor| channels_first(t)?.transpose(0, 1)?.contiguous();
    let mut w = any_conv(&swapped(x)?, &swapped(g)?, pad, dilation, stride, 1)?;
    for (axis, &k) in kernel.iter().enumerate() {
        w = w.narrow(axis + 2, 0, k)?;
    }
    let order: Vec<usize> = (2..w.rank()).chain([0, 1]).collect();
    w.permute(order)?.contiguous().map(Some)
}
