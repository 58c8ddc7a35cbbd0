//! The places of a convolution cut into units whose source stays in the second cache, with the places' addresses in it.

use super::patches::Patches;
use std::ops::Range;

/// Elements of a unit's source and result, about.
const UNIT: usize = 64 * 1024;
/// Places of a unit, at least, where there are so many.
const PLACES: usize = 96;
/// Units that the places are cut into, at least, where there are enough.
const UNITS: usize = 16;

/// How the places are cut. It depends on the shape alone.
#[derive(Clone, Debug)]
pub(super) struct Bands {
    patches: Patches,
    /// The first axis with more than one place, along which samples are cut.
    axis: usize,
    /// Places along that axis in a band, and bands of a sample.
    height: usize,
    bands: usize,
    /// Samples of a unit, when a sample is one band.
    samples: usize,
    /// Where the first tap of the first place lies on each axis of the source.
    low: [isize; 3],
    /// What a band reads on each axis.
    extent: [usize; 3],
    /// Whether windows reach over the edge, so that the source is copied into zeros.
    padded: bool,
    /// Where the places of a unit begin in its source.
    pub at: Vec<u32>,
    /// Where the runs of a window lie from there, and their length.
    pub runs: Vec<u32>,
    pub run: usize,
}

/// Places of one unit.
pub(super) struct Unit {
    /// Counted over all samples.
    pub rows: Range<usize>,
    sample: usize,
    samples: usize,
    band: usize,
}

impl Bands {
    /// The cut of the places of `patches`; `row` is the length of a row of the result. None when offsets do not fit 32 bits.
    pub fn new(patches: &Patches, row: usize) -> Option<Self> {
        let lines = &patches.lines;
        if patches.rows() == 0 || patches.taps() == 0 || patches.channels == 0 {
            return None;
        }
        let axis = lines.iter().position(|l| l.places > 1).unwrap_or(2);
        let low = lines.each_ref().map(|l| *l.offsets.iter().min().expect("there are taps"));
        let reach = |i: usize, places: usize| {
            let most = *lines[i].offsets.iter().max().expect("there are taps");
            (places - 1) * lines[i].step + (most - low[i]) as usize + 1
        };
        let padded =
            (0..3).any(|i| low[i] < 0 || low[i] + reach(i, lines[i].places) as isize > lines[i].limit as isize);
        let places: usize = lines.iter().map(|l| l.places).product();
        let across = places / lines[axis].places;
        // As many lines of places as fit, so many units that all threads get some.
        let source: usize = (0..3).map(|i| if i == axis { lines[i].step } else { reach(i, lines[i].places) }).product();
        let cost = (source * patches.channels + across * row).max(1);
        let total = (patches.batch * lines[axis].places).div_ceil(UNITS);
        let wanted = (UNIT / cost).min(total).max(PLACES.div_ceil(across)).max(1);
        let bands = lines[axis].places.div_ceil(wanted);
        let height = lines[axis].places.div_ceil(bands);
        let bands = lines[axis].places.div_ceil(height);
        let samples = if bands == 1 { (wanted / height).clamp(1, patches.batch) } else { 1 };
        let mut extent = [0, 1, 2].map(|i| reach(i, lines[i].places));
        extent[axis] = reach(axis, height);
        let mut out = Self {
            patches: patches.clone(),
            axis,
            height,
            bands,
            samples,
            low,
            extent,
            padded,
            at: vec![],
            runs: vec![],
            run: 0,
        };
        let [sample, strides @ ..] = out.strides();
        if !out.fits(sample) {
            return None;
        }
        let [a, b, c] = [0, 1, 2].map(|i| strides[i] * lines[i].step);
        out.at = out.offsets([sample, a, b, c]);
        let sorted = |i: usize| lines[i].offsets.iter().map(move |&o| (o - low[i]) as usize * strides[i]);
        let lines: Vec<usize> = sorted(0).flat_map(|a| sorted(1).map(move |b| a + b)).collect();
        (out.runs, out.run) = if patches.neighbours {
            (lines.iter().map(|&l| l as u32).collect(), patches.lines[2].offsets.len() * patches.channels)
        } else {
            (lines.iter().flat_map(|&l| sorted(2).map(move |c| (l + c) as u32)).collect(), patches.channels)
        };
        Some(out)
    }

    /// Steps in the source of a unit: from sample to sample, and along each axis.
    fn strides(&self) -> [usize; 4] {
        let lengths = if self.padded { self.extent } else { self.patches.lines.each_ref().map(|l| l.limit) };
        let last = self.patches.channels;
        let middle = lengths[2] * last;
        let first = lengths[1] * middle;
        [lengths[0] * first, first, middle, last]
    }

    /// Whether offsets in a unit of samples of this size fit 32 bits.
    pub fn fits(&self, sample: usize) -> bool {
        self.samples.checked_mul(sample).is_some_and(|n| n <= u32::MAX as usize)
    }

    /// Where the places of a unit lie in something with these steps from sample to sample and from place to place.
    pub fn offsets(&self, [sample, a, b, c]: [usize; 4]) -> Vec<u32> {
        let mut places = self.patches.lines.each_ref().map(|l| l.places);
        places[self.axis] = self.height;
        let mut out = Vec::with_capacity(self.samples * places.iter().product::<usize>());
        for s in 0..self.samples {
            for (i, j) in (0..places[0]).flat_map(|i| (0..places[1]).map(move |j| (i, j))) {
                out.extend((0..places[2]).map(|k| (s * sample + i * a + j * b + k * c) as u32));
            }
        }
        out
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.patches.batch.div_ceil(self.samples) * self.bands
    }

    /// The places of a unit.
    pub fn unit(&self, unit: usize) -> Unit {
        let places: usize = self.patches.lines.iter().map(|l| l.places).product();
        let along = self.patches.lines[self.axis].places;
        let (sample, band) = (unit / self.bands * self.samples, unit % self.bands);
        let samples = self.samples.min(self.patches.batch - sample);
        let across = places / along;
        let (first, last) = (band * self.height, ((band + 1) * self.height).min(along));
        let start = sample * places + first * across;
        let rows = start..start + (samples - 1) * places + (last - first) * across;
        Unit { rows, sample, samples, band }
    }

    /// The sample and the places on each axis where a unit begins.
    pub fn start(&self, unit: &Unit) -> (usize, [usize; 3]) {
        let mut at = [0; 3];
        at[self.axis] = unit.band * self.height;
        (unit.sample, at)
    }

    /// Elements of scratch for the source of a unit.
    pub fn scratch(&self) -> usize {
        if self.padded { self.samples * self.strides()[0] } else { 0 }
    }

    /// The source of a unit: in x itself, or copied into zeros in `room`.
    #[inline(always)]
    pub fn source(&self, x: &[f32], unit: &Unit, room: &mut [f32]) -> *const f32 {
        let lines = &self.patches.lines;
        let mut first = self.low;
        first[self.axis] += (unit.band * self.height * lines[self.axis].step) as isize;
        let limits = lines.each_ref().map(|l| l.limit);
        if !self.padded {
            let [sample, a, b, c] = self.strides();
            let at = first[0] * a as isize + first[1] * b as isize + first[2] * c as isize;
            return x.as_ptr().wrapping_add(unit.sample * sample).wrapping_offset(at);
        }
        let channels = self.patches.channels;
        let row = self.extent[2] * channels;
        let inside = |i: usize, at: usize| {
            let at = first[i] + at as isize;
            (at >= 0 && (at as usize) < limits[i]).then_some(at as usize)
        };
        // The part of a line that is there.
        let from = (-first[2]).max(0).unsigned_abs().min(self.extent[2]);
        let to = (limits[2] as isize - first[2]).clamp(from as isize, self.extent[2] as isize) as usize;
        let mut rows = room.chunks_exact_mut(row);
        for sample in unit.sample..unit.sample + unit.samples {
            for (i, j) in (0..self.extent[0]).flat_map(|i| (0..self.extent[1]).map(move |j| (i, j))) {
                let out = rows.next().expect("the room of a unit");
                let (Some(i), Some(j)) = (inside(0, i), inside(1, j)) else {
                    out.fill(0.0);
                    continue;
                };
                let start = self.patches.source(sample, [i, j, (first[2] + from as isize) as usize]);
                out[..from * channels].fill(0.0);
                if from < to {
                    out[from * channels..to * channels].copy_from_slice(&x[start..start + (to - from) * channels]);
                }
                out[to * channels..].fill(0.0);
            }
        }
        room.as_ptr()
    }
}
