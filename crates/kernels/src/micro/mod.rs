//! Micro-kernels: the innermost loops of convolutions, with a tile of the result in the processor's registers.
//!
//! They read their operands where they lie, by tables of offsets, so that no windows are gathered. Which set of instructions
//! is used is decided once, when a kernel is made.

pub(crate) mod lanes;
mod panel;
mod tiles;

pub(crate) use panel::{Panel, PanelFn};

use std::sync::OnceLock;

/// Where a tile reads and writes, in elements. The tile has as many rows as the micro-kernel was made for.
pub(crate) struct Dot<'a> {
    /// What the rows read.
    pub x: *const f32,
    /// Where each row begins in `x`.
    pub at: &'a [u32],
    /// Where the runs of a row begin, from there.
    pub runs: &'a [u32],
    /// Elements of a run.
    pub run: usize,
    /// The other operand: `width` columns side by side for each element of each run,
    pub w: *const f32,
    /// and from one element's columns to the next one's.
    pub step: usize,
    /// Whether the sums are added to what the result holds.
    pub add: bool,
    /// The result.
    pub y: *mut f32,
    /// Where each row is written in `y`.
    pub to: &'a [u32],
    /// Rows that are written.
    pub count: usize,
    /// Columns that are written, at most `width`.
    pub columns: usize,
}

/// A sum of outer products over places.
pub(crate) struct Outer<'a> {
    /// What the rows read.
    pub x: *const f32,
    /// Where each place begins in `x`.
    pub at: &'a [u32],
    /// Where each row of the tile reads, from there.
    pub rows: &'a [u32],
    /// The columns of the first place.
    pub g: *const f32,
    /// From one place's columns to the next one's.
    pub step: usize,
    /// The result.
    pub y: *mut f32,
    /// From one row of it to the next.
    pub row: usize,
    /// Whether the sums are added to what it holds.
    pub add: bool,
    /// Rows that are written.
    pub count: usize,
    /// Columns that are written; so many can be read.
    pub columns: usize,
}

/// A matrix to be transposed.
pub(crate) struct Turn {
    /// The matrix,
    pub x: *const f32,
    /// from one of its rows to the next,
    pub row: usize,
    /// how many there are,
    pub rows: usize,
    /// and their elements.
    pub columns: usize,
    /// The result: a row of `width` for each column, beyond `rows` zeros.
    pub y: *mut f32,
    pub width: usize,
}

/// y[r] = Σ over the runs and their elements, x · w
pub(crate) type DotFn = unsafe fn(&Dot<'_>);
/// y[r] = Σ over the places, x · g
pub(crate) type OuterFn = unsafe fn(&Outer<'_>);
/// y[c][r] = x[r][c]
pub(crate) type TurnFn = unsafe fn(&Turn);

/// No tile has more rows,
pub(crate) const MOST_ROWS: usize = 32;
/// or more columns.
pub(crate) const MOST_WIDTH: usize = 64;

/// A micro-kernel and the shape of its tile.
#[derive(Clone, Copy)]
pub(crate) struct Tile<F> {
    pub rows: usize,
    pub width: usize,
    pub run: F,
}

/// What this processor has: tiles of one, two and more vectors' width.
pub(crate) struct Micro {
    /// Elements of a vector.
    pub lanes: usize,
    pub dots: Vec<Tile<DotFn>>,
    pub outers: Vec<Tile<OuterFn>>,
    /// The widest first; the last one is of one vector.
    pub panels: Vec<Tile<PanelFn>>,
    /// Σ over the runs for one row and one column: `w` lies as the runs do.
    pub line: DotFn,
    /// A transposition.
    pub turn: TurnFn,
}

/// The micro-kernels of this processor; none where there are no wide vectors that multiply and add at once.
pub(crate) fn micro() -> Option<&'static Micro> {
    static MICRO: OnceLock<Option<Micro>> = OnceLock::new();
    MICRO.get_or_init(|| tiles::sets().into_iter().next()).as_ref()
}

/// The tile that computes the least of what nobody wants, and of those the one that reads its operands the fewest times.
pub(crate) fn fitting<F: Copy>(tiles: &[Tile<F>], rows: usize, columns: usize) -> Tile<F> {
    let cost = |t: &&Tile<F>| {
        let (tall, wide) = (rows.div_ceil(t.rows), columns.div_ceil(t.width));
        (tall * t.rows * wide * t.width, tall * wide)
    };
    *tiles.iter().min_by_key(cost).expect("there are tiles")
}

#[cfg(test)]
mod tests;
