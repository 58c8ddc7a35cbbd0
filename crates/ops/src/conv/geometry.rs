//! Which shapes meet in a convolution, and where its windows lie.

use crate::GraphOps;
use kerosene_ir::{Dim, Error, Result, Spec, Value, Vjp, format_shape};
use kerosene_kernels::conv::{ConvAxis, Convolution};
use serde::{Deserialize, Serialize};

/// Zeros before and after each axis; negative: elements left out.
pub type Pads = Vec<[i64; 2]>;

/// What stands around the input.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Padding {
    /// By rule.
    Rule(Rule),
    /// As given.
    Given(Pads),
}

/// Keras's names.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Nothing.
    Valid,
    /// As many zeros as make ⌈n / stride⌉ windows, the odd one behind.
    Same,
}

/// The attributes that all three directions have.
#[derive(Clone, Copy)]
pub struct Attrs<'a> {
    pub strides: &'a [usize],
    pub dilation: &'a [usize],
    pub pads: &'a [[i64; 2]],
    pub groups: usize,
}

impl Attrs<'_> {
    /// On the wire; the gradient of the kernel also wants its shape.
    pub fn json(&self, kernel: Option<&[usize]>) -> String {
        let Attrs { strides, dilation, pads, groups } = self;
        let mut out =
            serde_json::json!({ "strides": strides, "padding": pads, "dilation": dilation, "groups": groups });
        if let Some(kernel) = kernel {
            out["kernel_size"] = serde_json::json!(kernel);
        }
        out.to_string()
    }

    /// The gradients of a convolution's or transposed convolution's operands: the tensor's by the `other` direction, from that of the
    /// result (`g`) and the kernel, and the kernel's from the `pair` that its windows join.
    pub fn pull_back(
        &self,
        cx: &mut Vjp<'_>,
        other: &str,
        spatial: &[usize],
        pair: [Value; 2],
    ) -> Result<Vec<Option<Value>>> {
        let (g, kernel) = (cx.grad(), cx.inputs[1]);
        let mut out = vec![None, None];
        if cx.needs[0] {
            out[0] = Some(cx.graph.op(other, &self.json(None), &[g, kernel])?);
        }
        if cx.needs[1] {
            out[1] = Some(cx.graph.op("conv_kernel_gradient", &self.json(Some(spatial)), &pair)?);
        }
        Ok(out)
    }
}

/// A length that this machine can hold.
const MOST: i128 = 1 << 52;
/// A step from one element to the next, and a window that lists of its elements can be made of.
const STEP: usize = 1 << 31;
const WINDOW: usize = 1 << 24;

/// The attributes of a convolution, checked against the shapes of x, the kernel, or what is known of them.
pub struct Geometry<'a> {
    /// Who complains.
    pub who: &'static str,
    pub strides: &'a [usize],
    pub dilation: &'a [usize],
    pub groups: usize,
    /// Spatial lengths of the kernel.
    pub kernel: Vec<usize>,
}

impl<'a> Geometry<'a> {
    /// The attributes, when they fit a tensor and a kernel of these spatial lengths.
    pub fn new(
        who: &'static str,
        strides: &'a [usize],
        dilation: &'a [usize],
        groups: usize,
        kernel: &[Dim],
        tensor: &Spec,
    ) -> Result<Self> {
        let rank = kernel.len();
        if !(1..=3).contains(&rank) || tensor.rank() != rank + 2 {
            return Err(Error::value(format!(
                "{who}: expected a tensor with one to three spatial axes between batch and channels and a kernel with as many, \
                 but received shape {} and a kernel of spatial shape {}.",
                format_shape(&tensor.shape),
                format_shape(kernel),
            )));
        }
        let kernel: Option<Vec<usize>> = kernel.iter().copied().collect();
        // A kernel whose lengths are not known yet says nothing about the result; 0 stands for unknown.
        let kernel = kernel.unwrap_or_else(|| vec![0; rank]);
        let fits = |v: &[usize]| v.len() == rank && v.iter().all(|n| (1..STEP).contains(n));
        if !fits(strides) || !fits(dilation) || groups == 0 || kernel.iter().any(|&k| k >= WINDOW) {
            return Err(Error::value(format!(
                "{who}: expected {rank} positive strides and dilations and a positive number of groups, but received \
                 strides={strides:?}, dilation={dilation:?}, groups={groups}."
            )));
        }
        Ok(Self { who, strides, dilation, groups, kernel })
    }

    pub fn rank(&self) -> usize {
        self.kernel.len()
    }

    /// How far a window reaches along an axis; unknown with the kernel.
    fn reach(&self, axis: usize) -> Option<i128> {
        let k = self.kernel[axis] as i128;
        (k > 0).then_some((k - 1) * self.dilation[axis] as i128 + 1)
    }

    /// The number of windows along an axis of `n` elements, zero or negative where they do not fit.
    fn windows(&self, axis: usize, n: usize, padding: &Padding) -> Option<i128> {
        let (n, stride) = (n as i128, self.strides[axis] as i128);
        let around = match padding {
            Padding::Rule(Rule::Same) => return Some((n + stride - 1).div_euclid(stride)),
            Padding::Rule(Rule::Valid) => 0,
            Padding::Given(pads) => i128::from(pads[axis][0]) + i128::from(pads[axis][1]),
        };
        Some((n + around - self.reach(axis)?).div_euclid(stride) + 1)
    }

    /// An error unless there is a pair of pads for each axis.
    pub fn check(&self, padding: &Padding) -> Result<()> {
        match padding {
            Padding::Given(pads)
                if pads.len() != self.rank() || pads.iter().flatten().any(|&p| i128::from(p).abs() >= MOST) =>
            {
                Err(Error::value(format!(
                    "{}: expected {} pairs of pads, but received {pads:?}.",
                    self.who,
                    self.rank()
                )))
            }
            _ => Ok(()),
        }
    }

    /// The spatial shape of y for that of x.
    pub fn outputs(&self, x: &[Dim], padding: &Padding, received: impl Fn() -> String) -> Result<Vec<Dim>> {
        self.check(padding)?;
        let one = |(axis, &n): (usize, &Dim)| {
            let Some((n, out)) = n.and_then(|n| Some((n, self.windows(axis, n, padding)?))) else { return Ok(None) };
            match out {
                1..MOST => Ok(Some(out as usize)),
                // No elements make no windows, unless their number is counted from a whole one.
                out if n == 0 && out <= 0 && !matches!(padding, Padding::Rule(Rule::Valid)) => Ok(Some(0)),
                _ => Err(Error::value(format!(
                    "Computed output size would be zero or negative. Received {}.",
                    received()
                ))),
            }
        };
        x.iter().enumerate().map(one).collect()
    }

    /// The spatial shape of x for that of y: what the windows reach over, without the pads.
    pub fn inputs(&self, y: &[Dim], pads: &Pads) -> Result<Vec<Dim>> {
        self.check(&Padding::Given(pads.clone()))?;
        let one = |(axis, &n): (usize, &Dim)| {
            let Some((n, reach)) = n.zip(self.reach(axis)) else { return Ok(None) };
            let [before, after] = pads[axis].map(i128::from);
            match (n as i128 - 1) * self.strides[axis] as i128 + reach - before - after {
                size if (1..MOST).contains(&size) || (n == 0 && size == 0) => Ok(Some(size as usize)),
                // No windows reach nowhere.
                size if n == 0 && size < 0 => Ok(Some(0)),
                size => Err(Error::value(format!(
                    "{}: Computed output size would be zero or negative. Axis {} of the result would have length {size}.",
                    self.who,
                    axis + 1
                ))),
            }
        };
        y.iter().enumerate().map(one).collect()
    }

    /// The pads with which the transposed convolution of y has exactly the lengths of x.
    pub fn exact(&self, x: &[Dim], y: &[Dim], padding: &Padding) -> Result<Pads> {
        let one = |axis: usize| {
            let (Some(n), Some(out), Some(reach)) = (x[axis], y[axis], self.reach(axis)) else {
                let who = self.who;
                return Err(Error::unsupported(format!("{who}: the gradient needs the lengths of the spatial axes.")));
            };
            let around = (out as i128 - 1) * self.strides[axis] as i128 + reach - n as i128;
            let before = match padding {
                Padding::Rule(Rule::Valid) => 0,
                Padding::Rule(Rule::Same) => around.max(0) / 2,
                Padding::Given(pads) => i128::from(pads[axis][0]),
            };
            Ok([before as i64, (around - before) as i64])
        };
        (0..self.rank()).map(one).collect()
    }

    /// An error unless the channels of x and y fit the last two axes of the kernel.
    pub fn channels(&self, x: Dim, y: Dim, kernel: &Spec) -> Result<()> {
        let (rank, groups) = (self.rank(), self.groups);
        let (each, filters) = (kernel.shape[rank], kernel.shape[rank + 1]);
        let differ = |a: Dim, b: Dim| matches!((a, b), (Some(a), Some(b)) if a != b);
        let whole = each.and_then(|e| e.checked_mul(groups));
        if differ(x, whole) || differ(y, filters) || filters.is_some_and(|f| f % groups != 0) {
            let dim = |d: Dim| d.map_or("None".to_owned(), |d| d.to_string());
            return Err(Error::value(format!(
                "{}: the number of input channels must be the kernel's times the groups, and both must be evenly divisible by the \
                 groups. Received {} channels, {} filters, a kernel of shape {} and groups={groups}.",
                self.who,
                dim(x),
                dim(y.or(filters)),
                format_shape(&kernel.shape)
            )));
        }
        Ok(())
    }

    /// What the kernels are told, when all is known.
    pub fn convolution(&self, x: &[usize], y: &[usize], pads: &Pads) -> Convolution {
        let (rank, mut axes) = (self.rank(), [ConvAxis::NONE; 3]);
        for (i, axis) in axes[3 - rank..].iter_mut().enumerate() {
            *axis = ConvAxis {
                input: x[i + 1],
                output: y[i + 1],
                kernel: self.kernel[i],
                stride: self.strides[i],
                dilation: self.dilation[i],
                before: pads[i][0] as isize,
            };
        }
        Convolution { batch: x[0], axes, channels: x[rank + 1], filters: y[rank + 1], groups: self.groups }
    }
}

/// Multiplications and additions between an output and a kernel, whichever of the three is computed: every element of the output meets
/// the kernel's part for its channel.
pub fn flops(output: &Spec, kernel: &Spec) -> f64 {
    let channels = kernel.shape.last().copied().flatten().unwrap_or(1).max(1);
    2.0 * output.len().unwrap_or(0) as f64 * (kernel.len().unwrap_or(0) / channels) as f64
}
