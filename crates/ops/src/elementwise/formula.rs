//! What elementwise ops share: a file gives the [`Formula`], [`Elementwise`] makes the op of it.

use super::rule;
use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def};
use kerosene_ir::{DType, Graph, Op, Result, Shape, Spec, Traits, Value, Vjp};
use kerosene_kernels::Lane;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// What the file of an elementwise op has to say; its fields are its attributes.
pub trait Formula: Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The formula in words.
    const DOC: &'static str;
    /// Names of the operands.
    const INPUTS: &'static [&'static str];
    /// Attributes.
    const PARAMS: &'static [Param] = &[];
    /// Dtypes of the operands.
    const PROMOTE: Promote;
    /// Whether the order of two operands does not matter.
    const COMMUTATIVE: bool = false;
    /// Whether it costs more than reading its result from memory.
    const DEAR: bool = false;
    /// Whether it is not computed ahead of time from constants, because the result is large.
    const KEEP: bool = false;

    /// The dtype of the result; without another answer, the one all operands must have.
    fn result(&self, inputs: &[&Spec]) -> Result<DType> {
        rule::same(Self::NAME, inputs)
    }

    /// The shape of the result; without another answer, the one the operands broadcast to.
    fn shape(&self, inputs: &[&Spec]) -> Result<Shape> {
        rule::broadcast(Self::NAME, inputs)
    }

    /// The code for operands and a result of these dtypes.
    fn lane(&self, inputs: &[DType], output: DType) -> Result<Lane>;

    /// The formula for one element as an expression in C++ of the operands `a`, `b`, `c`…, whose first has the type `A`, and the
    /// result's type `T`: what a GPU compiles into one kernel with its neighbours. `None`: it runs by itself there.
    fn expression(&self, _inputs: &[DType], _output: DType) -> Option<String> {
        None
    }

    /// The gradient for operand `i`, in the shape of the result; `None` where there is none.
    fn partial(&self, _cx: &mut Vjp<'_>, _i: usize) -> Result<Option<Value>> {
        Ok(None)
    }

    /// The formula in other ops: the reference of one that is fused by hand.
    fn expand(&self, _graph: &mut Graph, _inputs: &[Value]) -> Option<Result<Value>> {
        None
    }

    /// Cases for the laws.
    fn samples() -> Vec<Sample>;

    /// The op as candle computes it, for those it computes rightly.
    fn candle(&self, _x: &[candle_core::Tensor]) -> crate::lower::Candle {
        Ok(None)
    }
}

/// An elementwise op as the registry wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Elementwise<F: Formula>(pub(crate) F);

impl<F: Formula> Op for Elementwise<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        Ok(vec![Spec { dtype: self.0.result(inputs)?, shape: self.0.shape(inputs)? }])
    }

    fn traits(&self) -> Traits {
        Traits {
            elementwise: true,
            in_place: true,
            commutative: F::COMMUTATIVE,
            keep: F::KEEP,
            dear: F::DEAR,
            ..Traits::default()
        }
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        self.0.expand(graph, inputs).map(|v| v.map(|v| vec![v]))
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        (0..cx.inputs.len())
            .map(|i| {
                if !cx.needs[i] || !cx.input(i).dtype.is_float() {
                    return Ok(None);
                }
                let Some(d) = self.0.partial(cx, i)? else { return Ok(None) };
                cx.graph.sum_to(d, cx.inputs[i]).map(Some)
            })
            .collect()
    }
}

impl<F: Formula> Lower for Elementwise<F> {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let dtypes: Vec<DType> = inputs.iter().map(|s| s.dtype).collect();
        self.0.lane(&dtypes, outputs[0].dtype).map(Lowered::Lane)
    }

    fn expression(&self, inputs: &[&Spec], output: &Spec) -> Option<String> {
        let dtypes: Vec<DType> = inputs.iter().map(|s| s.dtype).collect();
        self.0.expression(&dtypes, output.dtype)
    }

    fn candle(&self, x: &[candle_core::Tensor]) -> crate::lower::Candle {
        self.0.candle(x)
    }
}

impl<F: Formula> Define for Elementwise<F> {
    const NAME: &'static str = F::NAME;
    const DOC: &'static str = F::DOC;
    const INPUTS: &'static [&'static str] = F::INPUTS;
    const PARAMS: &'static [Param] = F::PARAMS;
    const PROMOTE: Promote = F::PROMOTE;

    fn samples() -> Vec<Sample> {
        F::samples()
    }
}
