//! How the results of a convolution are cut into tiles, and what each reads.

use super::steps::{self, Patch, Steps};
use super::{ConvAxis, Convolution};
use std::{ops::Range, sync::OnceLock};

/// Two axes that a square of three slides over in single steps: what it reads, what it writes, the zeros before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    batch: usize,
    from: [usize; 2],
    to: [usize; 2],
    before: [isize; 2],
}

impl Plane {
    /// That of a convolution, if it is one.
    pub fn new(c: &Convolution) -> Option<Self> {
        let [none, a, b] = c.axes;
        let single = |a: &ConvAxis| a.kernel == 3 && a.stride == 1 && a.dilation == 1;
        let flat = none.input == 1 && none.output == 1 && none.kernel == 1 && none.before == 0;
        (flat && single(&a) && single(&b) && c.groups == 1).then_some(Self {
            batch: c.batch,
            from: [a.input, b.input],
            to: [a.output, b.output],
            before: [a.before, b.before],
        })
    }

    /// The one that leads back: the kernel is turned round.
    pub fn back(self) -> Self {
        Self { batch: self.batch, from: self.to, to: self.from, before: self.before.map(|b| 2 - b) }
    }
}

/// A plane cut into tiles, numbered along its lines.
pub(super) struct Tiles {
    pub steps: &'static Steps,
    plane: Plane,
    /// Lines of tiles in a sample, and tiles of a line.
    height: usize,
    pub across: usize,
}

impl Tiles {
    /// Tiles of the size that needs the fewest products; none where there are no wide vectors, or no results.
    pub fn new(plane: Plane) -> Option<Self> {
        static STEPS: OnceLock<Option<[Steps; 2]>> = OnceLock::new();
        let all = STEPS.get_or_init(steps::detect).as_ref()?;
        let cut = |s: &Steps| plane.to.map(|n| n.div_ceil(s.tile));
        let steps = all.iter().min_by_key(|&s| cut(s).iter().product::<usize>() * s.points)?;
        let [height, across] = cut(steps);
        (plane.batch * height * across > 0).then_some(Self { steps, plane, height, across })
    }

    /// Products for each channel and filter of a sample.
    pub fn products(&self) -> usize {
        self.height * self.across * self.steps.points
    }

    /// Results of each channel of a sample.
    pub fn places(&self) -> usize {
        self.plane.to.iter().product()
    }

    /// Lines of tiles in all samples.
    pub fn lines(&self) -> usize {
        self.plane.batch * self.height
    }

    /// The place of the results where a line of tiles begins; the lines before it have all results before that.
    pub fn origin(&self, line: usize) -> usize {
        let [h, w] = self.plane.to;
        (line / self.height * h + line % self.height * self.steps.tile) * w
    }

    /// The sample of a tile, and where its first result lies there.
    fn place(&self, tile: usize) -> (usize, [usize; 2]) {
        let (line, across) = (tile / self.across, tile % self.across);
        (line / self.height, [line % self.height, across].map(|i| i * self.steps.tile))
    }

    /// What a tile reads of x, which has so many channels.
    pub fn input(&self, tile: usize, x: *const f32, channels: usize, values: *mut f32, block: usize) -> Patch {
        let (sample, place) = self.place(tile);
        let [h, w] = self.plane.from;
        let [a, b] = [0, 1].map(|i| place[i] as isize - self.plane.before[i]);
        let inside = |at: isize, limit: usize| {
            let n = (self.steps.tile + 2) as isize;
            let end = (limit as isize - at).clamp(0, n);
            (-at).clamp(0, end) as usize..end as usize
        };
        let at = ((sample * h) as isize + a) * w as isize + b;
        Patch {
            at: x.cast_mut().wrapping_offset(at * channels as isize),
            row: w * channels,
            column: channels,
            rows: inside(a, h),
            columns: inside(b, w),
            channels,
            values,
            block,
        }
    }

    /// The part of x that tiles read, if it is in one piece: those of whole lines of one sample, or of some. Else none.
    pub fn reads(&self, tiles: Range<usize>, x: *const f32, channels: usize) -> (*const f32, usize) {
        if tiles.len() < self.across {
            return (x, 0);
        }
        let [h, w] = self.plane.from;
        let row = |tile: usize, more: isize| {
            let (sample, [place, _]) = self.place(tile);
            sample * h + (place as isize - self.plane.before[0] + more).clamp(0, h as isize) as usize
        };
        let (first, last) = (row(tiles.start, 0), row(tiles.end - 1, self.steps.tile as isize + 2));
        (x.wrapping_add(first * w * channels), (last - first) * w * channels)
    }

    /// Some channels of the results of a tile in y, which has `all`.
    pub fn output(
        &self,
        tile: usize,
        y: *mut f32,
        all: usize,
        channels: Range<usize>,
        values: *mut f32,
        block: usize,
    ) -> Patch {
        let (sample, [a, b]) = self.place(tile);
        let [h, w] = self.plane.to;
        Patch {
            at: y.wrapping_add(((sample * h + a) * w + b) * all + channels.start),
            row: w * all,
            column: all,
            rows: 0..self.steps.tile.min(h - a),
            columns: 0..self.steps.tile.min(w - b),
            channels: channels.len(),
            values,
            block,
        }
    }
}
