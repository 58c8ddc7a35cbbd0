//! How the rows and columns of a convolution's product are cut. The cut depends on the shape alone, so that the bits of a
//! result do not depend on how many threads there are.

use super::{Number, patches::Patches};
use crate::simd;
use std::ops::Range;

/// Elements of a block of windows that stay in the second cache, about.
const BLOCK: usize = 128 * 1024;
/// Rows of a block: enough that packing the weights for each block is little beside the product.
const ROWS: Range<usize> = 192..1024;
/// Tasks that gather at the same time, at most.
const TASKS: usize = 16;
/// Elements of all blocks together, about.
const SCRATCH: usize = 8 << 20;
/// Columns of a cut start at multiples of this.
const COLUMNS: usize = 64;
/// Multiplications and additions worth a task.
const WORTH: usize = 1 << 20;

/// A matrix product of windows with weights, cut into units of some rows and some columns.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    pub rows: usize,
    /// Rows of a unit.
    pub height: usize,
    pub columns: usize,
    /// Columns of a unit.
    pub width: usize,
    /// Tasks that share the units.
    pub tasks: usize,
    /// Elements of the windows of a unit.
    pub size: usize,
}

impl Blocks {
    /// The cut of `rows` windows of `depth` elements against `columns` columns.
    pub fn new(rows: usize, depth: usize, columns: usize) -> Self {
        let height = (BLOCK / depth.max(1)).clamp(ROWS.start, ROWS.end).next_multiple_of(16).min(rows.max(1));
        let work = rows.saturating_mul(depth).saturating_mul(columns);
        let wanted = (work / WORTH).clamp(1, TASKS);
        let bands = rows.div_ceil(height);
        let cuts = (wanted / bands.max(1)).clamp(1, columns.div_ceil(COLUMNS).max(1));
        let width = columns.div_ceil(cuts).next_multiple_of(COLUMNS).min(columns.max(1));
        let size = height * depth;
        let units = bands * columns.div_ceil(width.max(1));
        let tasks = wanted.min(units).min((SCRATCH / size.max(1)).max(4)).max(1);
        Self { rows, height, columns, width, tasks, size }
    }

    /// Elements of scratch for all tasks.
    pub fn scratch(&self) -> usize {
        self.tasks * self.size
    }

    /// The units of a task: rows and columns. Units that share their rows follow each other.
    pub fn units(&self, task: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let (cuts, bands) = (self.columns.div_ceil(self.width.max(1)), self.rows.div_ceil(self.height));
        let (units, this) = (cuts * bands, self.clone());
        (units * task / self.tasks..units * (task + 1) / self.tasks).map(move |unit| {
            let (band, cut) = (unit / cuts, unit % cuts);
            let rows = band * this.height..((band + 1) * this.height).min(this.rows);
            (rows, cut * this.width..((cut + 1) * this.width).min(this.columns))
        })
    }
}

/// A block of windows and how it lies: the strides of its rows and columns.
pub(super) struct Block {
    pub row: isize,
    pub column: isize,
}

/// Gathers rows of windows into `out`.
pub(super) fn gather<T: Number>(
    patches: &Patches,
    x: &[T],
    rows: Range<usize>,
    channels: Range<usize>,
    out: &mut [T],
) -> Block {
    let (count, depth) = (rows.len(), patches.taps() * channels.len());
    let zero = <T as crate::Real>::ZERO;
    let by_columns = patches.by_columns(channels.len());
    simd(
        #[inline(always)]
        || {
            if by_columns {
                patches.gather_columns(x, rows, channels, zero, out);
            } else {
                patches.gather_rows(x, rows, channels, zero, &mut out[..count * depth]);
            }
        },
    );
    if by_columns { Block { row: 1, column: count as isize } } else { Block { row: depth as isize, column: 1 } }
}
