//! What `softmax` and `log_softmax` share.

use crate::{Define, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
use kerosene_ir::{DType, Graph, Op, Result, Spec, Value, Vjp, normalize_axis};
use kerosene_kernels::{Kernel, softmax::softmax};
use serde::{Deserialize, Serialize};
use std::{fmt::Debug, marker::PhantomData};

/// What the file of such an op has to say.
pub trait Along: Debug + Send + Sync + 'static {
    /// Wire name.
    const NAME: &'static str;
    /// The formula in words.
    const DOC: &'static str;
    /// Whether the logarithm is wanted.
    const LOG: bool;
    /// The formula in other ops.
    fn expand(graph: &mut Graph, x: Value, axis: usize) -> Result<Value>;
    /// The gradient of x.
    fn derivative(graph: &mut Graph, g: Value, y: Value, axis: usize) -> Result<Value>;
    /// The op of candle.
    fn candle(x: &candle_core::Tensor, axis: usize) -> crate::lower::Candle;
}

/// An op along one axis.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct AlongAxis<A: Along> {
    #[serde(default = "last")]
    axis: i64,
    #[serde(skip)]
    kind: PhantomData<A>,
}

fn last() -> i64 {
    -1
}

impl<A: Along> Op for AlongAxis<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        normalize_axis(A::NAME, self.axis, inputs[0].rank())?;
        Ok(vec![inputs[0].clone()])
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
        let axis = normalize_axis(A::NAME, self.axis, graph.spec(inputs[0]).rank());
        Some(axis.and_then(|axis| A::expand(graph, inputs[0], axis)).map(|v| vec![v]))
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let axis = normalize_axis(A::NAME, self.axis, cx.input(0).rank())?;
        let (g, y) = (cx.grad(), cx.outputs[0]);
        Ok(vec![Some(A::derivative(cx.graph, g, y, axis)?)])
    }
}

impl<A: Along> Lower for AlongAxis<A> {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let x = inputs[0].dims(A::NAME)?;
        let axis = normalize_axis(A::NAME, self.axis, x.len())?;
        let (outer, n, inner) = (x[..axis].iter().product(), x[axis], x[axis + 1..].iter().product());
        let kernel: Kernel = for_dtype!(float, A::NAME, inputs[0].dtype, T => softmax::<T>(outer, n, inner, A::LOG));
        Ok(Lowered::Kernel(kernel))
    }

    fn candle(&self, x: &[candle_core::Tensor]) -> crate::lower::Candle {
        let Ok(axis) = normalize_axis(A::NAME, self.axis, x[0].rank()) else { return Ok(None) };
        if x[0].elem_count() == 0 { Ok(None) } else { A::candle(&x[0], axis) }
    }
}

impl<A: Along> Define for AlongAxis<A> {
    const NAME: &'static str = A::NAME;
    const DOC: &'static str = A::DOC;
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("axis", "number", "-1", "The axis to normalise along.")];
    const PROMOTE: Promote = Promote::Float;

    fn samples() -> Vec<Sample> {
        let inf = f64::INFINITY;
        vec![
            Sample::new("{}").f32(&[3, 5], -2.0, 2.0),
            Sample::new(r#"{"axis":1}"#).f32(&[2, 3, 37], -2.0, 2.0),
            Sample::new(r#"{"axis":0}"#).f32(&[40], -2.0, 2.0),
            Sample::new("{}").f32(&[0, 3], -2.0, 2.0),
            Sample::new("{}").f32(&[3, 0], -2.0, 2.0),
            Sample::new("{}").with(DType::F32, &[2, 3], [1000.0, 1000.0, -1000.0, 0.0, -200.0, 80.0]).kink(),
            Sample::new("{}").with(DType::F32, &[2, 2], [-inf, 0.0, 1.0, f64::NAN]).kink(),
            Sample::new("{}").with(DType::F32, &[2, 2], [-inf, -inf, 1.0, inf]).kink(),
            Sample::new("{}").with(DType::I32, &[2], [1.0, 2.0]),
        ]
    }
}
