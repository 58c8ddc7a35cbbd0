//! Convolutions in one to three spatial dimensions, channels last.
//!
//! In f32, squares of 3 by 3 in single steps are computed by fewer multiplications where channels are many enough (`winograd`). Other
//! windows are read where they lie, by micro-kernels (`bands`, `direct`, `direct_gradient`). Else all three directions are products
//! of matrices: the windows of the source are gathered in blocks of rows (`Patches`), and the block meets the weights in
//! one [`crate::gemm()`]. The transposed convolution is a set of ordinary ones, one for each phase of
//! the strides, whose results interleave. Depthwise convolutions, where a product would have one column, run over the channels.

mod bands;
mod blocks;
mod depthwise;
mod direct;
mod direct_gradient;
mod forward;
mod kernel_gradient;
mod patches;
mod transpose;
mod winograd;

pub use forward::conv;
pub use kernel_gradient::conv_kernel_gradient;
pub use transpose::conv_transpose;

use crate::{math, shared::Shared};
use std::any::TypeId;

/// An element type of convolutions.
pub trait Number: crate::Real + math::Real {}
impl Number for f32 {}
impl Number for f64 {}

/// One spatial axis of a convolution: element `k` of the window at place `o` lies at `o · stride + k · dilation - before`.
#[derive(Clone, Copy, Debug)]
pub struct ConvAxis {
    /// Length of the axis the window slides over.
    pub input: usize,
    /// Number of places.
    pub output: usize,
    /// Length of the window.
    pub kernel: usize,
    /// Steps between places.
    pub stride: usize,
    /// Steps between elements of the window.
    pub dilation: usize,
    /// Zeros before the input; negative: elements left out.
    pub before: isize,
}

impl ConvAxis {
    /// An axis that is not there.
    pub const NONE: ConvAxis = ConvAxis { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
}

/// A convolution of x (batch, input…, channels) with a kernel (kernel…, channels / groups, filters) to y (batch, output…,
/// filters). Its other two directions take the same description.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Number of samples.
    pub batch: usize,
    /// The spatial axes; those that are not there come first.
    pub axes: [ConvAxis; 3],
    /// Channels of x.
    pub channels: usize,
    /// Channels of y.
    pub filters: usize,
    /// Parts of the channels that only meet each other; divides both.
    pub groups: usize,
}

impl Convolution {
    fn inputs(&self) -> usize {
        self.batch * self.axes.iter().map(|a| a.input).product::<usize>() * self.channels
    }

    fn outputs(&self) -> usize {
        self.batch * self.places() * self.filters
    }

    fn places(&self) -> usize {
        self.axes.iter().map(|a| a.output).product()
    }

    fn taps(&self) -> usize {
        self.axes.iter().map(|a| a.kernel).product()
    }

    fn weights(&self) -> usize {
        self.taps() * self.channels_each() * self.filters
    }

    /// Channels of x in a group.
    fn channels_each(&self) -> usize {
        self.channels / self.groups
    }

    /// Channels of y in a group.
    fn filters_each(&self) -> usize {
        self.filters / self.groups
    }

    /// Whether each channel of x is a group of its own.
    fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.channels == self.groups
    }
}

/// Whether these are the elements that the micro-kernels compute with.
fn is_f32<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<f32>()
}

#[cfg(test)]
mod tests;
