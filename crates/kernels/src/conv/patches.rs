//! The windows of a tensor as rows of a matrix.

use super::{ConvAxis, Convolution};
use std::ops::Range;

/// One spatial axis: tap `j` of the window at place `m` reads `m · step + offsets[j]`; nothing where that is outside.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub places: usize,
    pub step: usize,
    pub offsets: Vec<isize>,
    pub limit: usize,
}

impl Line {
    fn forward(a: &ConvAxis) -> Self {
        let offsets = (0..a.kernel).map(|k| (k * a.dilation) as isize - a.before).collect();
        Self { places: a.output, step: a.stride, offsets, limit: a.input }
    }

    /// Where tap `j` of place `m` reads.
    #[inline(always)]
    pub fn at(&self, m: usize, j: usize) -> Option<usize> {
        let at = (m * self.step) as isize + self.offsets[j];
        (at >= 0 && (at as usize) < self.limit).then_some(at as usize)
    }

    /// The taps of place `m` that are inside, when the offsets are neighbours.
    fn inside(&self, m: usize) -> Range<usize> {
        let (n, first) = (self.offsets.len() as isize, (m * self.step) as isize + self.offsets[0]);
        let end = (self.limit as isize - first).clamp(0, n);
        let start = (-first).clamp(0, end);
        start as usize..end as usize
    }

    /// The places among `m` where tap `j` is inside.
    fn reached(&self, j: usize, m: Range<usize>) -> Range<usize> {
        let (step, offset) = (self.step as isize, self.offsets[j]);
        // m · step + offset ≥ 0 and < limit
        let first = (-offset).max(0).unsigned_abs().div_ceil(self.step);
        let last = (self.limit as isize - offset + step - 1).div_euclid(step).max(0) as usize;
        let start = first.clamp(m.start, m.end);
        start..last.clamp(start, m.end)
    }

    fn is_whole(&self) -> bool {
        self.step == 1 && self.offsets == [0] && self.places == self.limit
    }
}

/// A source (batch, …, channels) and the windows over it.
#[derive(Clone, Debug)]
pub(super) struct Patches {
    pub batch: usize,
    pub lines: [Line; 3],
    /// Channels of the source.
    pub channels: usize,
    /// Whether the taps of the last axis are neighbours in the source.
    pub neighbours: bool,
}

/// A place: the sample, and where on each axis.
pub(super) type Place = (usize, [usize; 3]);

impl Patches {
    pub fn new(batch: usize, lines: [Line; 3], channels: usize) -> Self {
        let neighbours = lines[2].offsets.windows(2).all(|w| w[1] == w[0] + 1) && !lines[2].offsets.is_empty();
        Self { batch, lines, channels, neighbours }
    }

    pub fn forward(c: &Convolution) -> Self {
        Self::new(c.batch, c.axes.each_ref().map(Line::forward), c.channels)
    }

    /// Number of places.
    pub fn rows(&self) -> usize {
        self.batch * self.lines.iter().map(|l| l.places).product::<usize>()
    }

    pub fn taps(&self) -> usize {
        self.lines.iter().map(|l| l.offsets.len()).product()
    }

    /// Whether the source is the matrix of its windows.
    pub fn is_whole(&self) -> bool {
        self.lines.iter().all(Line::is_whole)
    }

    /// Whether a row is made of pieces so short that columns are gathered faster.
    pub fn by_columns(&self, channels: usize) -> bool {
        let run = if self.neighbours && channels == self.channels { self.lines[2].offsets.len() } else { 1 };
        run * channels < 8 && self.lines[2].places >= 8
    }

    /// The place of a row.
    #[inline(always)]
    pub fn place(&self, row: usize) -> Place {
        let [a, b, c] = self.lines.each_ref().map(|l| l.places);
        let (line, k) = (row / c, row % c);
        let (plane, j) = (line / b, line % b);
        (plane / a, [plane % a, j, k])
    }

    /// The places of rows, one after the other.
    #[inline(always)]
    pub fn walk(&self, rows: Range<usize>) -> impl Iterator<Item = Place> {
        let [a, b, c] = self.lines.each_ref().map(|l| l.places);
        let (mut sample, [mut i, mut j, mut k]) = if rows.is_empty() { (0, [0; 3]) } else { self.place(rows.start) };
        rows.map(move |_| {
            let now = (sample, [i, j, k]);
            k += 1;
            if k == c {
                (k, j) = (0, j + 1);
            }
            if j == b {
                (j, i) = (0, i + 1);
            }
            if i == a {
                (i, sample) = (0, sample + 1);
            }
            now
        })
    }

    /// The element of the source where channel 0 of a point lies.
    #[inline(always)]
    pub fn source(&self, sample: usize, [a, b, c]: [usize; 3]) -> usize {
        let [l, m, n] = self.lines.each_ref().map(|l| l.limit);
        (((sample * l + a) * m + b) * n + c) * self.channels
    }

    /// Writes rows of windows, `taps · channels` elements each.
    #[inline(always)]
    pub fn gather_rows<T: Copy>(&self, x: &[T], rows: Range<usize>, channels: Range<usize>, zero: T, out: &mut [T]) {
        let [first, second, last] = &self.lines;
        let (each, run) = (channels.len(), last.offsets.len() * channels.len());
        let together = self.neighbours && each == self.channels;
        let pieces = out.chunks_exact_mut((self.taps() * each).max(1));
        for ((sample, [a, b, c]), out) in self.walk(rows).zip(pieces) {
            let mut at = 0;
            for i in 0..first.offsets.len() {
                let i = first.at(a, i);
                for j in 0..second.offsets.len() {
                    let out = &mut out[at..at + run];
                    at += run;
                    let (Some(i), Some(j)) = (i, second.at(b, j)) else {
                        out.fill(zero);
                        continue;
                    };
                    if together {
                        let inside = last.inside(c);
                        let (from, to) = (inside.start * each, inside.end * each);
                        out[..from].fill(zero);
                        out[to..].fill(zero);
                        if from < to {
                            let k = ((c * last.step) as isize + last.offsets[inside.start]) as usize;
                            out[from..to].copy_from_slice(&x[self.source(sample, [i, j, k])..][..to - from]);
                        }
                        continue;
                    }
                    for (k, out) in out.chunks_exact_mut(each.max(1)).enumerate() {
                        match last.at(c, k) {
                            Some(k) => {
                                let from = self.source(sample, [i, j, k]) + channels.start;
                                out.copy_from_slice(&x[from..from + each]);
                            }
                            None => out.fill(zero),
                        }
                    }
                }
            }
        }
    }

    /// Writes the same matrix column by column.
    #[inline(always)]
    pub fn gather_columns<T: Copy>(&self, x: &[T], rows: Range<usize>, channels: Range<usize>, zero: T, out: &mut [T]) {
        let [first, second, last] = &self.lines;
        let (each, count) = (channels.len(), rows.len());
        let stride = last.step * self.channels;
        // The rows of one line of places at a time.
        let mut row = rows.start;
        while row < rows.end {
            let (sample, [a, b, c]) = self.place(row);
            let n = (last.places - c).min(rows.end - row);
            let mut column = 0;
            for (i, j) in (0..first.offsets.len()).flat_map(|i| (0..second.offsets.len()).map(move |j| (i, j))) {
                let line = first.at(a, i).zip(second.at(b, j));
                for k in 0..last.offsets.len() {
                    let reached = if line.is_some() { last.reached(k, c..c + n) } else { c..c };
                    for channel in channels.clone() {
                        let out = &mut out[column * count + row - rows.start..][..n];
                        column += 1;
                        let (from, to) = (reached.start - c, reached.end - c);
                        out[..from].fill(zero);
                        out[to..].fill(zero);
                        let Some((i, j)) = line.filter(|_| from < to) else { continue };
                        let k = ((reached.start * last.step) as isize + last.offsets[k]) as usize;
                        let x = &x[self.source(sample, [i, j, k]) + channel..];
                        if stride == 1 {
                            out[from..to].copy_from_slice(&x[..to - from]);
                        } else {
                            out[from..to].iter_mut().zip(x.iter().step_by(stride)).for_each(|(o, &v)| *o = v);
                        }
                    }
                }
            }
            debug_assert_eq!(column, self.taps() * each);
            row += n;
        }
    }
}
