//! Where the windows of a pooling lie.

use crate::Sample;
use kerosene_ir::{DType, Dim, Error, Result, Shape, Spec, format_shape};
use kerosene_kernels::pooling::Windows;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How windows meet the ends of an axis.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Whole windows only.
    Valid,
    /// ⌈n / stride⌉ windows, of which the outer ones may reach over the ends, the odd element behind.
    Same,
    /// As many windows as asked, which share out the axis: from ⌊i · n / size⌋ to ⌈(i + 1) · n / size⌉.
    Adaptive,
}

/// The attributes of a pooling, on the wire.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pooling {
    pub pool_size: Vec<usize>,
    pub strides: Vec<usize>,
    pub padding: Rule,
}

impl Pooling {
    /// Its windows, for the op of this name.
    pub fn window(&self, who: &'static str) -> Window<'_> {
        Window { who, size: &self.pool_size, strides: &self.strides, rule: self.padding }
    }
}

/// The windows of a pooling.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    pub who: &'static str,
    pub size: &'a [usize],
    pub strides: &'a [usize],
    pub rule: Rule,
}

/// Windows of more elements, or adaptive ones in greater number, are nothing that anybody means.
const MOST: usize = 1 << 24;

impl Window<'_> {
    /// The number of spatial axes, when the attributes fit the tensor.
    fn check(&self, x: &Spec) -> Result<usize> {
        let rank = self.size.len();
        let fits = |v: &[usize]| v.len() == rank && v.iter().all(|n| (1..MOST).contains(n));
        if !(1..=3).contains(&rank) || x.rank() != rank + 2 || !fits(self.size) || !fits(self.strides) {
            return Err(Error::value(format!(
                "{}: expected a tensor with one to three spatial axes between batch and channels, and a positive window length \
                 and stride for each, but received shape {}, pool_size={:?}, strides={:?}.",
                self.who,
                format_shape(&x.shape),
                self.size,
                self.strides
            )));
        }
        Ok(rank)
    }

    /// The number of windows along an axis of `n` elements.
    fn count(&self, axis: usize, n: usize) -> usize {
        match self.rule {
            Rule::Valid => n.checked_sub(self.size[axis]).map_or(0, |rest| rest / self.strides[axis] + 1),
            Rule::Same => n.div_ceil(self.strides[axis]),
            Rule::Adaptive => self.size[axis],
        }
    }

    /// The shape of the windows' tensor.
    pub fn outputs(&self, x: &Spec) -> Result<Shape> {
        let rank = self.check(x)?;
        let mut shape = x.shape.clone();
        for axis in 0..rank {
            let n = x.shape[axis + 1];
            let count = n.map(|n| self.count(axis, n));
            if count == Some(0) && n != Some(0) || n == Some(0) && self.rule != Rule::Same {
                return Err(Error::value(format!(
                    "Computed output size would be zero or negative. Received: `inputs.shape={}`, `pool_size={}`, `strides={}`, \
                     `padding={}`.",
                    format_shape(&x.shape),
                    list(self.size),
                    list(self.strides),
                    format!("{:?}", self.rule).to_lowercase()
                )));
            }
            shape[axis + 1] = if self.rule == Rule::Adaptive { Some(self.size[axis]) } else { count };
        }
        Ok(shape)
    }

    /// An error unless the tensor `y` can be that of the windows of `x`.
    pub fn meets(&self, x: &Spec, y: &Spec) -> Result<()> {
        let expected = self.outputs(x)?;
        let differ = |(a, b): (&Dim, &Dim)| matches!((a, b), (Some(a), Some(b)) if a != b);
        if y.rank() != expected.len() || expected.iter().zip(&y.shape).any(differ) {
            let (y, expected) = (format_shape(&y.shape), format_shape(&expected));
            return Err(Error::value(format!(
                "{}: expected a gradient of shape {expected}, but received {y}.",
                self.who
            )));
        }
        Ok(())
    }

    /// What the kernels are told: the windows over x.
    pub fn windows(&self, x: &[usize]) -> Windows {
        let rank = self.size.len();
        if x[0] == 0 || x[rank + 1] == 0 {
            // Nothing to walk over, however long the axes are said to be.
            return Windows { batch: 0, input: [0; 3], axes: [(); 3].map(|()| vec![]), channels: x[rank + 1] };
        }
        let (mut input, mut axes) = ([1; 3], [(); 3].map(|()| std::iter::once(0..1).collect()));
        for axis in 0..rank {
            let at = 3 - rank + axis;
            input[at] = x[axis + 1];
            axes[at] = self.axis(axis, x[axis + 1]);
        }
        Windows { batch: x[0], input, axes, channels: x[rank + 1] }
    }

    fn axis(&self, axis: usize, n: usize) -> Vec<Range<usize>> {
        let (size, stride, count) = (self.size[axis], self.strides[axis], self.count(axis, n));
        let before = match self.rule {
            Rule::Same => (count.saturating_sub(1) * stride + size).saturating_sub(n) / 2,
            _ => 0,
        };
        (0..count)
            .map(|i| match self.rule {
                Rule::Adaptive => i * n / size..((i + 1) * n).div_ceil(size),
                _ => (i * stride).saturating_sub(before).min(n)..(i * stride + size).saturating_sub(before).min(n),
            })
            .collect()
    }
}

fn list(v: &[usize]) -> String {
    format_shape(&v.iter().map(|&d| Some(d)).collect::<Vec<_>>())
}

/// Cases for the laws: attributes, the shape of x and that of its windows.
type Case = (&'static str, &'static [usize], &'static [usize]);
const CASES: &[Case] = &[
    (r#""pool_size":[2],"strides":[2],"padding":"valid""#, &[2, 5, 3], &[2, 2, 3]),
    (r#""pool_size":[3],"strides":[1],"padding":"same""#, &[2, 5, 1], &[2, 5, 1]),
    (r#""pool_size":[2,3],"strides":[1,2],"padding":"same""#, &[1, 4, 5, 2], &[1, 4, 3, 2]),
    (r#""pool_size":[2,2],"strides":[3,1],"padding":"valid""#, &[2, 5, 4, 3], &[2, 2, 3, 3]),
    (r#""pool_size":[3,2],"strides":[1,1],"padding":"adaptive""#, &[1, 5, 5, 2], &[1, 3, 2, 2]),
    (r#""pool_size":[4],"strides":[1],"padding":"adaptive""#, &[1, 3, 2], &[1, 4, 2]),
    (r#""pool_size":[2,1,2],"strides":[1,1,2],"padding":"valid""#, &[1, 3, 2, 4, 2], &[1, 2, 2, 2, 2]),
    (r#""pool_size":[3],"strides":[2],"padding":"same""#, &[0, 5, 2], &[0, 3, 2]),
    (r#""pool_size":[2],"strides":[1],"padding":"valid""#, &[1, 3, 0], &[1, 2, 0]),
    (r#""pool_size":[3],"strides":[2],"padding":"same""#, &[1, 70, 67], &[1, 35, 67]),
];

/// A sample for each case, its operands of the shapes of x (true) or of its windows; `size` puts the spatial shape of x among
/// the attributes.
pub fn samples(operands: &[bool], size: bool) -> Vec<Sample> {
    let sample = |&(attrs, x, y): &Case| {
        let size = if size { format!(r#","size":{:?}"#, &x[1..x.len() - 1]) } else { String::new() };
        let start = Sample::new(format!("{{{attrs}{size}}}"));
        operands.iter().fold(start, |s, &of_x| s.f32(if of_x { x } else { y }, -1.0, 1.0))
    };
    CASES.iter().map(sample).collect()
}

/// Windows over ties and NaN.
pub fn ties() -> Sample {
    Sample::new(r#"{"pool_size":[2],"strides":[1],"padding":"valid"}"#)
        .with(DType::F32, &[1, 6, 1], [1.0, 1.0, f64::NAN, 2.0, 2.0, 2.0])
        .kink()
}
