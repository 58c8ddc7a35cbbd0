//! x repeated along axes of length 1

use super::prelude::*;
use crate::{
    elementwise::{Elementwise, Formula},
    for_size,
};
use kerosene_ir::{Literal, broadcast_shapes};
use kerosene_kernels::{Lane, unary};

/// x repeated along axes of length 1
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BroadcastTo {
    shape: Vec<Dim>,
}

/// Records the repetition unless `x` has the shape already.
pub fn broadcast_to(graph: &mut Graph, x: Value, shape: &[Dim]) -> Result<Value> {
    if graph.try_spec(x)?.shape[..] == *shape {
        return Ok(x);
    }
    Ok(graph.push(Arc::new(Elementwise(BroadcastTo { shape: shape.to_vec() })), &[x])?[0])
}

/// What `v` repeats, if it does.
pub fn repeated_from(graph: &Graph, v: Value) -> Option<Value> {
    let node = graph.node(graph.producer(v));
    let any: &dyn std::any::Any = &**node.op()?;
    any.downcast_ref::<Elementwise<BroadcastTo>>()?;
    Some(node.inputs[0])
}

/// A tensor of this spec whose every element is `value`.
pub fn full(graph: &mut Graph, spec: &Spec, value: f64) -> Result<Value> {
    let one = graph.constant(Literal::scalar(spec.dtype, value)?);
    broadcast_to(graph, one, &spec.shape)
}

impl Formula for BroadcastTo {
    const NAME: &'static str = "broadcast_to";
    const DOC: &'static str = "x repeated along its axes of length 1, and along new leading axes, to `shape`. A null dimension keeps x's own.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[param("shape", "Shape", "", "The shape of the result.")];
    const PROMOTE: Promote = Promote::None;
    const KEEP: bool = true;

    fn shape(&self, inputs: &[&Spec]) -> Result<Shape> {
        let x = &inputs[0].shape;
        let bad = || {
            let (x, to) = (format_shape(x), format_shape(&self.shape));
            Error::value(format!("broadcast_to: a tensor of shape {x} cannot be repeated to {to}."))
        };
        let extra = self.shape.len().checked_sub(x.len()).ok_or_else(bad)?;
        let mut to: Shape = self.shape.iter().copied().collect();
        for (t, &d) in to[extra..].iter_mut().zip(x) {
            match (*t, d) {
                (None, d) => *t = d,
                (Some(_), None | Some(1)) => {}
                (Some(t), Some(d)) if t == d => {}
                _ => return Err(bad()),
            }
        }
        broadcast_shapes(Self::NAME, &[&to])
    }

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        Ok(for_size!(inputs[0], T => unary(|x: T| x)))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        Some("a".into())
    }

    fn partial(&self, cx: &mut Vjp<'_>, _: usize) -> Result<Option<Value>> {
        Ok(Some(cx.grad()))
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"shape":[2,3]}"#).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"shape":[2,3,4]}"#).f32(&[3, 1], -1.0, 1.0),
            Sample::new(r#"{"shape":[5]}"#).f32(&[], -1.0, 1.0),
            Sample::new(r#"{"shape":[]}"#).f32(&[], -1.0, 1.0),
            Sample::new(r#"{"shape":[0,3]}"#).f32(&[1, 3], -1.0, 1.0),
            Sample::new(r#"{"shape":[2,null]}"#).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"shape":[2,2]}"#).with(DType::U8, &[2, 1], [1.0, 2.0]),
        ]
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let dims = x[0].dims();
        let skipped = self.shape.len() - dims.len();
        let own = |(i, d): (usize, &Dim)| d.or_else(|| dims.get(i.checked_sub(skipped)?).copied());
        let shape = self.shape.iter().enumerate().map(own).collect::<Option<Vec<_>>>();
        let Some(shape) = shape else { return Ok(None) };
        x[0].broadcast_as(shape)?.contiguous().map(Some)
    }
}
