//! What reductions share: a file gives the [`Fold`], [`Reduction`] makes the op of it.

use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param};
use kerosene_ir::{DType, Error, Graph, Op, Result, Shape, Spec, Traits, Value, Vjp, normalize_axes};
use kerosene_kernels::Kernel;
use serde::{Deserialize, Serialize};
use std::{fmt::Debug, marker::PhantomData};

/// The parameter that says which axes go.
pub const AXIS: Param = param(
    "axis",
    "number | number[] | null",
    "null",
    "The axes folded away; negative ones count from the end; null: all.",
);
/// The parameter that keeps them with length 1.
pub const KEEPDIMS: Param = param("keepdims", "boolean", "false", "Keep the folded axes with length 1.");

/// Which axes go, and whether they stay with length 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axes {
    #[serde(default, with = "def::axes")]
    axis: Option<Vec<i64>>,
    #[serde(default)]
    keepdims: bool,
}

impl Axes {
    /// These axes.
    pub fn new(axis: &[usize], keepdims: bool) -> Self {
        Self { axis: Some(axis.iter().map(|&a| a as i64).collect()), keepdims }
    }

    /// The same axes, kept with length 1.
    pub fn kept(&self) -> Self {
        Self { axis: self.axis.clone(), keepdims: true }
    }

    /// Whether they are kept.
    pub fn keepdims(&self) -> bool {
        self.keepdims
    }

    /// The axes of `x`, sorted.
    pub fn of(&self, who: &str, x: &Spec) -> Result<Vec<usize>> {
        Ok(normalize_axes(who, self.axis.as_deref(), x.rank())?.to_vec())
    }

    /// Whether they are the first ones, with others perhaps behind them.
    fn are_first(&self) -> bool {
        let first = |axes: &Vec<i64>| axes.iter().enumerate().all(|(i, &a)| a == i as i64);
        self.axis.as_ref().is_some_and(|axes| !axes.is_empty() && first(axes))
    }

    /// The shape with the axes gone (or 1).
    pub fn shape(&self, who: &str, x: &Spec) -> Result<Shape> {
        let axes = self.of(who, x)?;
        let dim = |i: usize| if axes.contains(&i) { self.keepdims.then_some(Some(1)) } else { Some(x.shape[i]) };
        Ok((0..x.rank()).filter_map(dim).collect())
    }

    /// How many elements meet in one; an error that names `who` when it is not known.
    pub fn count(&self, who: &str, x: &Spec) -> Result<usize> {
        let count = self.of(who, x)?.into_iter().map(|a| x.shape[a]).try_fold(1usize, |n, d| n.checked_mul(d?));
        count.ok_or_else(|| Error::unsupported(format!("{who}: the derivative needs the lengths of the axes of {x}.")))
    }

    /// A value of the folded shape back in the shape it broadcasts from.
    pub fn unfold(&self, who: &str, cx: &mut Vjp<'_>, v: Value) -> Result<Value> {
        let shape = self.kept().shape(who, cx.input(0))?;
        cx.graph.reshape(v, &shape)
    }

    /// As wire attributes.
    pub fn attrs(&self) -> String {
        def::attrs(self)
    }
}

/// The kernel that folds elements of `$T` with `$join`, neutral element `$start`.
macro_rules! reduce_with {
    ($T:ty, $shape:expr, $axes:expr, $start:expr, |$a:ident, $b:ident| $join:expr) => {
        reduce_with!($T, $shape, $axes, $start, |$a, $b| $join, |v| v)
    };
    ($T:ty, $shape:expr, $axes:expr, $start:expr, |$a:ident, $b:ident| $join:expr, |$v:ident| $finish:expr) => {
        kerosene_kernels::reduce(
            $shape,
            $axes,
            Folding::<$T, _, _> { start: $start, join: |$a: $T, $b: $T| $join, finish: move |$v: $T| $finish },
        )
    };
}
pub(crate) use reduce_with;

/// What the file of a reduction has to say.
pub trait Fold: Debug + Send + Sync + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The formula in words.
    const DOC: &'static str;
    /// The dtype folded in.
    const PROMOTE: Promote;
    /// Whether folding no elements has a meaning.
    const EMPTY: bool = true;
    /// The kernel for an input of this dtype and shape.
    fn kernel(dtype: DType, shape: &[usize], axes: &[usize]) -> Result<Kernel>;
    /// The gradient of the input, in its shape.
    fn derivative(_cx: &mut Vjp<'_>, _axes: &Axes) -> Result<Option<Value>> {
        Ok(None)
    }
    /// The sum of the folds of a stack, where it is one fold.
    fn sum_over(_graph: &mut Graph, _stack: Value, _axes: &Axes) -> Option<Result<Value>> {
        None
    }
    /// Cases for the laws.
    fn samples() -> Vec<Sample>;
    /// The fold as candle computes it, axes kept.
    fn candle(_x: &candle_core::Tensor, _axes: Vec<usize>) -> crate::lower::Candle {
        Ok(None)
    }
}

/// A reduction as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Reduction<F: Fold> {
    axes: Axes,
    #[serde(skip)]
    fold: PhantomData<F>,
}

impl<F: Fold> Reduction<F> {
    /// The fold over these axes.
    pub fn new(axes: Axes) -> Self {
        Self { axes, fold: PhantomData }
    }
}

impl<F: Fold> Op for Reduction<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let x = inputs[0];
        let out = Spec { dtype: x.dtype, shape: self.axes.shape(F::NAME, x)? };
        if !F::EMPTY && self.axes.of(F::NAME, x)?.iter().any(|&a| x.shape[a] == Some(0)) && !out.is_empty() {
            return Err(Error::value(format!("{}: there is nothing to choose from along the axes of {x}.", F::NAME)));
        }
        Ok(vec![out])
    }

    /// Over the first axes the kernel takes blocks of rows.
    fn traits(&self) -> Traits {
        Traits { follows: self.axes.are_first(), ..Traits::default() }
    }

    fn sum_over(&self, graph: &mut Graph, stacks: &[Value]) -> Option<Result<Value>> {
        F::sum_over(graph, stacks[0], &self.axes)
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        F::derivative(cx, &self.axes).map(|d| vec![d])
    }
}

impl<F: Fold> Lower for Reduction<F> {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let axes = self.axes.of(F::NAME, inputs[0])?;
        F::kernel(inputs[0].dtype, &inputs[0].dims(F::NAME)?, &axes).map(Lowered::Kernel)
    }

    fn candle(&self, x: &[candle_core::Tensor]) -> crate::lower::Candle {
        let spec = Spec::known(DType::F32, x[0].dims());
        let Ok(axes) = self.axes.of(F::NAME, &spec) else { return Ok(None) };
        let Some(mut y) = F::candle(&x[0], axes.clone())? else { return Ok(None) };
        for &a in axes.iter().rev().filter(|_| !self.axes.keepdims) {
            y = y.squeeze(a)?;
        }
        Ok(Some(y))
    }
}

impl<F: Fold> Define for Reduction<F> {
    const NAME: &'static str = F::NAME;
    const DOC: &'static str = F::DOC;
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[AXIS, KEEPDIMS];
    const PROMOTE: Promote = F::PROMOTE;

    fn samples() -> Vec<Sample> {
        F::samples()
    }
}
