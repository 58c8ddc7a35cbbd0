//! Convolutions of 3 by 3 by fewer multiplications (Winograd; Lavin and Gray 2015).
//!
//! A tile of M by M results and the kernel are polynomials; their product is known by its values at N = M + 2 points along each
//! axis, so that N² products for each channel and filter take the place of 9 M²: a quarter of them for tiles of 4. The values of some
//! tiles ([`steps::Steps::input`]) meet those of the kernel in N² small products, and the sums become results, before the next
//! tiles: all of it stays in the second cache. The gradient of the kernel is the same backwards: the values of tiles of x
//! and of tiles of the gradient are summed up over all tiles, and only the sums become a kernel.

mod forward;
mod gradient;
mod points;
mod steps;
mod tiles;

pub(super) use forward::{Layout, Winograd};
pub(super) use gradient::Gradient;
pub(super) use tiles::Plane;

use super::{ConvAxis, Convolution};
use tiles::Tiles;

/// Fewer channels are transformed for longer than they are multiplied.
const CHANNELS: usize = 16;
/// Multiplications that are saved, at least, so that the transforms pay: half of them.
const SAVED: usize = 2;

/// Whether a convolution of channels with filters is faster by points. Measured with AVX-512: about as fast with 8 channels, twice as fast
/// with 16 to 128 and 1.5 times with 256; then the values of the kernel, four times its size, are too many to be read again and again:
/// `most` is how many elements of it there may be for each of the nine places.
fn pays(channels: usize, filters: usize, tiles: &Tiles, most: usize) -> bool {
    channels.min(filters) >= CHANNELS && channels * filters <= most && tiles.products() * SAVED <= tiles.places() * 9
}

#[cfg(test)]
mod tests;
