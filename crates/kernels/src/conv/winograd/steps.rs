//! The steps of a convolution by points, written once for all instruction sets.
//!
//! A *value* is a vector of channels. The values of a tile lie side by side, those of the next tile [`Steps::each`] elements on; a
//! block of channels after the other.

// Rows and columns are counted by constants, which is what keeps them in registers.
#![allow(clippy::needless_range_loop)]

use super::points::{self, Five, Points, Six, Values};
use crate::micro::lanes::Lanes;
use std::ops::Range;

/// A square of a tensor and its values at the points.
pub(super) struct Patch {
    /// Its first element; what of it is not in `rows` and `columns` is not there: zeros when it is read.
    pub at: *mut f32,
    /// From row to row and from column to column.
    pub row: usize,
    pub column: usize,
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub channels: usize,
    /// The values, and from one block of channels to the next.
    pub values: *mut f32,
    pub block: usize,
}

/// What is read or written next, brought near meanwhile: addresses and elements.
pub(super) type Ahead = [(*const f32, usize); 2];
/// Nothing.
pub(super) const NONE: Ahead = [(std::ptr::null(), 0); 2];

/// Brings memory near, one part after the other.
struct Fetch {
    rest: Ahead,
    /// Elements of each part.
    part: [usize; 2],
}

impl Fetch {
    #[inline(always)]
    fn new(ahead: Ahead, parts: usize) -> Self {
        Self { rest: ahead, part: ahead.map(|(_, n)| n.div_ceil(parts).next_multiple_of(LINE)) }
    }

    #[inline(always)]
    unsafe fn next<V: Lanes>(&mut self) {
        for ((at, left), &part) in self.rest.iter_mut().zip(&self.part) {
            let n = part.min(*left);
            for i in (0..n).step_by(LINE) {
                // SAFETY: nothing is read.
                unsafe { V::fetch(at.wrapping_add(i)) };
            }
            (*at, *left) = (at.wrapping_add(n), *left - n);
        }
    }
}

/// Values of tiles times those of a kernel, for up to [`WIDE`] vectors of columns.
pub(super) struct Products {
    pub x: *const f32,
    pub tiles: usize,
    /// Channels, and from one block of them to the next.
    pub depth: usize,
    pub block: usize,
    /// For each point and channel `wide` vectors.
    pub w: *const f32,
    pub wide: usize,
    /// The sums, where blocks are as far apart as those of x.
    pub y: *mut f32,
    pub ahead: Ahead,
}

/// Sums over tiles of the values of x times those of g.
pub(super) struct Sums {
    pub x: *const f32,
    pub g: *const f32,
    pub tiles: usize,
    /// From one block of channels to the next, in both.
    pub block: usize,
    /// Channels of x, whole vectors.
    pub depth: usize,
    /// The sums: for each point and channel `wide` vectors,
    pub w: *mut f32,
    pub wide: usize,
    /// added to what is there.
    pub add: bool,
}

/// A kernel and its values at the points, for one vector of columns.
pub(super) struct Weights {
    /// For each of the nine elements `depth` rows of a vector.
    pub elements: *mut f32,
    pub depth: usize,
    /// The values: from point to point and from row to row.
    pub values: *mut f32,
    pub point: usize,
    pub row: usize,
}

/// Vectors of columns that are computed at a time.
pub(super) const WIDE: usize = 2;
/// Elements of a line of the caches.
const LINE: usize = 16;

/// What this processor computes with, for one size of tiles.
pub(super) struct Steps {
    /// Elements of a vector.
    pub lanes: usize,
    /// Results of a tile along an axis.
    pub tile: usize,
    /// Points of a tile.
    pub points: usize,
    /// Elements from the values of one tile to those of the next.
    pub each: usize,
    pub input: unsafe fn(&Patch),
    pub spread: unsafe fn(&Patch),
    pub output: unsafe fn(&Patch),
    pub kernel: unsafe fn(&Weights),
    pub gather: unsafe fn(&Weights),
    pub products: unsafe fn(&Products),
    pub sums: unsafe fn(&Sums),
}

/// Vectors from the values of one tile to those of the next: an odd number, so that tiles lie in different sets of the first cache.
const fn each<P: Points>() -> usize {
    (P::N * P::N) | 1
}

/// Reads a line of a patch.
#[inline(always)]
unsafe fn line<V: Lanes>(
    at: *const f32,
    step: usize,
    n: usize,
    inside: &Range<usize>,
    whole: bool,
    lanes: usize,
) -> Values<V> {
    // SAFETY: the caller vouches for the elements that are inside.
    unsafe {
        let mut d = [V::zero(); 6];
        for j in 0..n {
            let at = at.wrapping_add(j * step);
            if whole {
                d[j] = V::load(at);
            } else if inside.contains(&j) {
                d[j] = if lanes < V::LANES { V::load_some(at, lanes) } else { V::load(at) };
            }
        }
        d
    }
}

/// The values of a patch: of N by N elements of an input or, if `SPREAD`, of M by M of a gradient.
#[inline(always)]
unsafe fn values<V: Lanes, P: Points, const SPREAD: bool>(p: &Patch) {
    let n = if SPREAD { P::M } else { P::N };
    let all = p.rows == (0..n) && p.columns == (0..n);
    for (block, channel) in (0..p.channels).step_by(V::LANES).enumerate() {
        let (at, lanes) = (p.at.wrapping_add(channel), p.channels - channel);
        // SAFETY: passed on.
        unsafe {
            let out = p.values.add(block * p.block);
            if all && lanes >= V::LANES {
                one::<V, P, SPREAD>(p, at, true, lanes, out);
            } else {
                one::<V, P, SPREAD>(p, at, false, lanes, out);
            }
        }
    }
}

/// The same for one vector of channels.
#[inline(always)]
unsafe fn one<V: Lanes, P: Points, const SPREAD: bool>(
    p: &Patch,
    at: *const f32,
    whole: bool,
    lanes: usize,
    out: *mut f32,
) {
    let n = if SPREAD { P::M } else { P::N };
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let mut turned = [[V::zero(); 6]; 6];
        for i in 0..n {
            if whole || p.rows.contains(&i) {
                let row = line(at.wrapping_add(i * p.row), p.column, n, &p.columns, whole, lanes);
                let row = if SPREAD { points::spread::<V, P>(row) } else { points::input::<V, P>(row) };
                for j in 0..P::N {
                    turned[j][i] = row[j];
                }
            }
        }
        for j in 0..P::N {
            let column = if SPREAD { points::spread::<V, P>(turned[j]) } else { points::input::<V, P>(turned[j]) };
            for i in 0..P::N {
                column[i].store(out.add((i * P::N + j) * V::LANES));
            }
        }
    }
}

/// The results of a tile from its sums.
#[inline(always)]
unsafe fn results<V: Lanes, P: Points>(p: &Patch) {
    let whole = p.rows == (0..P::M) && p.columns == (0..P::M);
    for (block, channel) in (0..p.channels).step_by(V::LANES).enumerate() {
        // SAFETY: the caller vouches for the addresses.
        unsafe {
            let (at, from, lanes) = (p.at.wrapping_add(channel), p.values.add(block * p.block), p.channels - channel);
            let mut turned = [[V::zero(); 6]; 6];
            for i in 0..P::N {
                let mut m = [V::zero(); 6];
                for j in 0..P::N {
                    m[j] = V::load(from.add((i * P::N + j) * V::LANES));
                }
                let row = points::output::<V, P>(m);
                for j in 0..P::M {
                    turned[j][i] = row[j];
                }
            }
            for j in 0..P::M {
                let column = points::output::<V, P>(turned[j]);
                for i in 0..P::M {
                    let at = at.wrapping_add(i * p.row + j * p.column);
                    if whole && lanes >= V::LANES {
                        column[i].store(at);
                    } else if i < p.rows.end && j < p.columns.end {
                        if lanes < V::LANES { column[i].store_some(at, lanes) } else { column[i].store(at) }
                    }
                }
            }
        }
    }
}

/// The values of a kernel.
#[inline(always)]
unsafe fn kernel<V: Lanes, P: Points>(k: &Weights) {
    for row in 0..k.depth {
        // SAFETY: the caller vouches for the addresses.
        unsafe {
            let mut turned = [[V::zero(); 3]; 6];
            for i in 0..3 {
                let mut line = [V::zero(); 3];
                for j in 0..3 {
                    line[j] = V::load(k.elements.add(((3 * i + j) * k.depth + row) * V::LANES));
                }
                let line = points::kernel::<V, P>(line);
                for j in 0..P::N {
                    turned[j][i] = line[j];
                }
            }
            for j in 0..P::N {
                let column = points::kernel::<V, P>(turned[j]);
                for i in 0..P::N {
                    column[i].store(k.values.add((i * P::N + j) * k.point + row * k.row));
                }
            }
        }
    }
}

/// A kernel's elements from the sums at its points.
#[inline(always)]
unsafe fn gather<V: Lanes, P: Points>(k: &Weights) {
    for row in 0..k.depth {
        // SAFETY: the caller vouches for the addresses.
        unsafe {
            let mut turned = [[V::zero(); 6]; 3];
            for i in 0..P::N {
                let mut s = [V::zero(); 6];
                for j in 0..P::N {
                    s[j] = V::load(k.values.add((i * P::N + j) * k.point + row * k.row));
                }
                let line = points::gather::<V, P>(s);
                for j in 0..3 {
                    turned[j][i] = line[j];
                }
            }
            for j in 0..3 {
                let column = points::gather::<V, P>(turned[j]);
                for i in 0..3 {
                    column[i].store(k.elements.add(((3 * i + j) * k.depth + row) * V::LANES));
                }
            }
        }
    }
}

/// R tiles by C vectors of columns, at one point.
#[inline(always)]
unsafe fn product<V: Lanes, P: Points, const R: usize, const C: usize>(
    p: &Products,
    x: *const f32,
    w: *const f32,
    y: *mut f32,
) {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let mut sums = [[V::zero(); C]; R];
        let (mut x, mut w) = (x, w);
        let mut left = p.depth;
        while left > 0 {
            let n = left.min(V::LANES);
            for k in 0..n {
                let mut columns = [V::zero(); C];
                for c in 0..C {
                    columns[c] = V::load(w.add(c * V::LANES));
                }
                for r in 0..R {
                    let x = V::splat(x.add(r * each::<P>() * V::LANES + k));
                    for c in 0..C {
                        sums[r][c] = sums[r][c].fma(x, columns[c]);
                    }
                }
                w = w.add(C * V::LANES);
            }
            left -= n;
            x = x.wrapping_add(p.block);
        }
        for r in 0..R {
            for c in 0..C {
                sums[r][c].store(y.add(c * p.block + r * each::<P>() * V::LANES));
            }
        }
    }
}

/// All points of all tiles, up to `MOST` tiles at a time.
#[inline(always)]
unsafe fn products<V: Lanes, P: Points, const MOST: usize>(p: &Products) {
    let pieces = p.tiles.div_ceil(MOST);
    let mut fetch = Fetch::new(p.ahead, P::N * P::N * pieces);
    for point in 0..P::N * P::N {
        let w = p.w.wrapping_add(point * p.depth * p.wide * V::LANES);
        for piece in 0..pieces {
            let tiles = p.tiles * piece / pieces..p.tiles * (piece + 1) / pieces;
            let at = (tiles.start * each::<P>() + point) * V::LANES;
            let (x, y) = (p.x.wrapping_add(at), p.y.wrapping_add(at));
            macro_rules! some {
                ($($r:literal)*) => {
                    // SAFETY: passed on.
                    unsafe {
                        fetch.next::<V>();
                        match (tiles.len(), p.wide) {
                            $(($r, 2) if $r <= MOST => product::<V, P, $r, 2>(p, x, w, y),
                            ($r, 1) if $r <= MOST => product::<V, P, $r, 1>(p, x, w, y),)*
                            _ => unreachable!("pieces are as small as that"),
                        }
                    }
                };
            }
            some!(1 2 3 4 5 6 7 8 9 10 11 12 13 14);
        }
    }
}

/// R channels by C vectors of columns, at one point: the sum over tiles.
#[inline(always)]
unsafe fn sum<V: Lanes, P: Points, const R: usize, const C: usize>(
    s: &Sums,
    x: *const f32,
    g: *const f32,
    w: *mut f32,
) {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let mut sums = [[V::zero(); C]; R];
        if s.add {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c] = V::load(w.add((r * C + c) * V::LANES));
                }
            }
        }
        let (mut x, mut g) = (x, g);
        for _ in 0..s.tiles {
            let mut columns = [V::zero(); C];
            for c in 0..C {
                columns[c] = V::load(g.add(c * s.block));
            }
            for r in 0..R {
                let x = V::splat(x.add(r));
                for c in 0..C {
                    sums[r][c] = sums[r][c].fma(x, columns[c]);
                }
            }
            x = x.wrapping_add(each::<P>() * V::LANES);
            g = g.wrapping_add(each::<P>() * V::LANES);
        }
        for r in 0..R {
            for c in 0..C {
                sums[r][c].store(w.add((r * C + c) * V::LANES));
            }
        }
    }
}

/// All points of all channels, R at a time.
#[inline(always)]
unsafe fn sums<V: Lanes, P: Points, const R: usize>(s: &Sums) {
    for point in 0..P::N * P::N {
        let g = s.g.wrapping_add(point * V::LANES);
        for channel in (0..s.depth).step_by(R) {
            let x = s.x.wrapping_add(channel / V::LANES * s.block + point * V::LANES + channel % V::LANES);
            let w = s.w.wrapping_add((point * s.depth + channel) * s.wide * V::LANES);
            // SAFETY: passed on.
            unsafe { if s.wide == 2 { sum::<V, P, R, 2>(s, x, g, w) } else { sum::<V, P, R, 1>(s, x, g, w) } }
        }
    }
}

macro_rules! steps {
    ($vector:ty, $feature:literal, $points:ty, $tiles:literal, $channels:literal) => {{
        type V = $vector;
        type P = $points;
        macro_rules! step {
            ($name:ident, $of:ty, |$p:ident| $call:expr) => {
                #[target_feature(enable = $feature)]
                unsafe fn $name($p: &$of) {
                    // SAFETY: passed on.
                    unsafe { $call }
                }
            };
        }
        step!(of_input, Patch, |p| values::<V, P, false>(p));
        step!(of_spread, Patch, |p| values::<V, P, true>(p));
        step!(of_output, Patch, |p| results::<V, P>(p));
        step!(of_kernel, Weights, |p| kernel::<V, P>(p));
        step!(of_gather, Weights, |p| gather::<V, P>(p));
        step!(of_products, Products, |p| products::<V, P, $tiles>(p));
        step!(of_sums, Sums, |p| sums::<V, P, $channels>(p));
        const LANES: usize = <V as Lanes>::LANES;
        Steps {
            lanes: LANES,
            tile: P::M,
            points: P::N * P::N,
            each: each::<P>() * LANES,
            input: of_input,
            spread: of_spread,
            output: of_output,
            kernel: of_kernel,
            gather: of_gather,
            products: of_products,
            sums: of_sums,
        }
    }};
}

/// The best steps that this processor has, for tiles of 3 and of 4; none where there are no wide vectors.
pub(super) fn detect() -> Option<[Steps; 2]> {
    #[cfg(target_arch = "x86_64")]
    {
        use crate::micro::lanes::x86::{Avx2, Avx512};
        if std::is_x86_feature_detected!("avx512f") {
            return Some([steps!(Avx512, "avx512f", Five, 14, 8), steps!(Avx512, "avx512f", Six, 14, 8)]);
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return Some([steps!(Avx2, "avx2,fma", Five, 6, 4), steps!(Avx2, "avx2,fma", Six, 6, 4)]);
        }
        None
    }
    #[cfg(target_arch = "aarch64")]
    {
        use crate::micro::lanes::arm::Neon;
        Some([steps!(Neon, "neon", Five, 14, 4), steps!(Neon, "neon", Six, 14, 4)])
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    None
}
