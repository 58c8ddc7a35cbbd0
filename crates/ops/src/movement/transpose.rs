//! The axes of x in another order

use super::prelude::*;
use kerosene_kernels::{StridedCopy, strides};

/// The axes of x in another order
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transpose {
    #[serde(default)]
    axes: Option<Vec<i64>>,
}

/// Records the transpose; nothing when the order is the one there is.
pub fn transpose(graph: &mut Graph, x: Value, axes: &[usize]) -> Result<Value> {
    if axes.iter().enumerate().all(|(i, &a)| i == a) {
        return Ok(x);
    }
    let axes = Some(axes.iter().map(|&a| a as i64).collect());
    Ok(graph.push(Arc::new(Transpose { axes }), &[x])?[0])
}

/// What `v` is the transpose of, if it is one, and for each of its axes the axis of that.
pub fn turned_from(graph: &Graph, v: Value) -> Option<(Value, Vec<usize>)> {
    let node = graph.node(graph.producer(v));
    let any: &dyn std::any::Any = &**node.op()?;
    let transpose: &Transpose = any.downcast_ref()?;
    let x = node.inputs[0];
    Some((x, transpose.order(graph.spec(x).rank()).ok()?))
}

impl Transpose {
    /// For each axis of the result, the axis of x it is.
    fn order(&self, rank: usize) -> Result<Vec<usize>> {
        let Some(axes) = &self.axes else { return Ok((0..rank).rev().collect()) };
        normalize_axes(Self::NAME, Some(axes), rank)?;
        if axes.len() != rank {
            return Err(Error::value(format!("transpose: axes {axes:?} do not name the {rank} axes of the tensor.")));
        }
        axes.iter().map(|&a| normalize_axis(Self::NAME, a, rank)).collect()
    }
}

impl Op for Transpose {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let x = inputs[0];
        Ok(vec![Spec::new(x.dtype, self.order(x.rank())?.into_iter().map(|a| x.shape[a]))])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, order) = (cx.grad(), self.order(cx.input(0).rank())?);
        let mut back = vec![0; order.len()];
        for (i, &a) in order.iter().enumerate() {
            back[a] = i;
        }
        Ok(vec![Some(cx.graph.transpose(g, &back)?)])
    }
}

impl Lower for Transpose {
    fn lower(&self, inputs: &[&Spec], _: &[&Spec]) -> Result<Lowered> {
        let (x, dtype) = (inputs[0].dims(Self::NAME)?, inputs[0].dtype);
        let (order, from) = (self.order(x.len())?, strides(&x));
        let shape: Vec<usize> = order.iter().map(|&a| x[a]).collect();
        let from: Vec<isize> = order.iter().map(|&a| from[a]).collect();
        let copy = StridedCopy::new(&shape, (0, &from), (0, &strides(&shape)));
        Ok(Move::whole(dtype, x.iter().product(), copy))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(order) = self.order(x[0].rank()) else { return Ok(None) };
        x[0].permute(order)?.contiguous().map(Some)
    }
}

impl Define for Transpose {
    const NAME: &'static str = "transpose";
    const DOC: &'static str = "x with its axes in another order: axis i of the result is axis `axes[i]` of x.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param(
        "axes",
        "number[] | null",
        "null",
        "The new order; null reverses the axes. Negative ones count from the end.",
    )];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("{}").f32(&[3, 4], -1.0, 1.0),
            Sample::new(r#"{"axes":[0,2,1]}"#).f32(&[2, 3, 4], -1.0, 1.0),
            Sample::new(r#"{"axes":[2,-3,1]}"#).f32(&[2, 3, 4], -1.0, 1.0),
            Sample::new(r#"{"axes":[1,0,2]}"#).f32(&[3, 1, 4], -1.0, 1.0),
            Sample::new("{}").f32(&[40, 70], -1.0, 1.0),
            Sample::new("{}").f32(&[], -1.0, 1.0),
            Sample::new("{}").f32(&[0, 3], -1.0, 1.0),
            Sample::new("{}").with(DType::U8, &[2, 2], [1.0, 2.0, 3.0, 4.0]),
        ]
    }
}
