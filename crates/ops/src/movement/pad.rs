//! x inside a larger tensor

use super::prelude::*;
use kerosene_ir::Literal;
use kerosene_kernels::{StridedCopy, strides};
use std::any::Any;

/// x inside a larger tensor
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pad {
    pads: Vec<[usize; 2]>,
    #[serde(default, with = "def::number")]
    value: f64,
    #[serde(default)]
    interior: Option<Vec<usize>>,
}

impl Pad {
    fn interior(&self) -> Vec<usize> {
        self.interior.clone().unwrap_or_else(|| vec![0; self.pads.len()])
    }
}

/// A value that stands between zeros along one axis.
struct Padded {
    x: Value,
    axis: usize,
    pads: [usize; 2],
    len: usize,
}

impl Padded {
    fn of(graph: &Graph, v: Value) -> Option<Self> {
        let node = graph.node(graph.producer(v));
        let any: &dyn Any = &**node.op()?;
        let pad: &Pad = any.downcast_ref()?;
        let padded: Vec<usize> = (0..pad.pads.len()).filter(|&i| pad.pads[i] != [0, 0]).collect();
        let [axis] = padded[..] else { return None };
        let x = node.inputs[0];
        let plain = pad.value == 0.0 && pad.interior().iter().all(|&i| i == 0);
        Some(Self { x, axis, pads: pad.pads[axis], len: graph.spec(x).shape[axis].filter(|_| plain)? })
    }

    /// The values that it is made of.
    fn parts(&self, graph: &Graph) -> Vec<Value> {
        let node = graph.node(graph.producer(self.x));
        let joins = |op: &Arc<dyn Op>| op.name() == "concatenate" && op.attrs() == along(self.axis);
        if node.op().is_some_and(joins) { node.inputs.to_vec() } else { vec![self.x] }
    }
}

/// The attributes of `concatenate`.
fn along(axis: usize) -> String {
    format!(r#"{{"axis":{axis}}}"#)
}

/// x + y, where they lie between zeros beside each other, as the gradients of the parts of a split value do; none where they do not.
pub fn joined(graph: &mut Graph, x: Value, y: Value) -> Option<Result<Value>> {
    let (x, y) = (Padded::of(graph, x)?, Padded::of(graph, y)?);
    let (first, last) = if x.pads[0] < y.pads[0] { (x, y) } else { (y, x) };
    if first.axis != last.axis || first.pads[0] + first.len != last.pads[0] {
        return None;
    }
    let parts = [first.parts(graph), last.parts(graph)].concat();
    let mut pads = vec![[0; 2]; graph.spec(first.x).rank()];
    pads[first.axis] = [first.pads[0], last.pads[1]];
    let whole = graph.op("concatenate", &along(first.axis), &parts);
    Some(whole.and_then(|v| if pads.iter().all(|p| *p == [0, 0]) { Ok(v) } else { pad(graph, v, &pads) }))
}

fn pad(graph: &mut Graph, x: Value, pads: &[[usize; 2]]) -> Result<Value> {
    graph.op("pad", &serde_json::json!({ "pads": pads }).to_string(), &[x])
}

/// The length of an axis of `n` elements with `before` and `after` it, and `between` every two, others.
fn padded(n: usize, [before, after]: [usize; 2], between: usize) -> Option<usize> {
    let gaps = n.saturating_sub(1).checked_mul(between)?;
    n.checked_add(gaps)?.checked_add(before)?.checked_add(after)
}

impl Op for Pad {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let (x, interior) = (inputs[0], self.interior());
        if self.pads.len() != x.rank() || interior.len() != x.rank() {
            let n = self.pads.len();
            return Err(Error::value(format!("pad: {x} needs one pair of pads for each of its axes, but {n} came.")));
        }
        let dims = x.shape.iter().zip(&self.pads).zip(interior).map(|((&d, &p), between)| match d {
            None => Ok(None),
            Some(n) => {
                padded(n, p, between).map(Some).ok_or_else(|| Error::value(format!("pad: {x} becomes too large.")))
            }
        });
        Ok(vec![Spec { dtype: x.dtype, shape: dims.collect::<Result<_>>()? }])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, shape) = (cx.grad(), cx.input(0).shape.clone());
        let start: Vec<usize> = self.pads.iter().map(|p| p[0]).collect();
        let step: Vec<usize> = self.interior().iter().map(|i| i + 1).collect();
        let attrs = serde_json::json!({ "start": start, "size": shape.as_slice(), "step": step }).to_string();
        cx.graph.op("slice", &attrs, &[g]).map(|d| vec![Some(d)])
    }
}

impl Lower for Pad {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (x, out) = (inputs[0].dims(Self::NAME)?, outputs[0].dims(Self::NAME)?);
        let to = strides(&out);
        let at = self.pads.iter().zip(&to).map(|(p, s)| p[0] as isize * s).sum();
        let walk: Vec<isize> =
            self.interior().iter().zip(&to).map(|(&b, s)| (b as isize + 1).saturating_mul(*s)).collect();
        let fill = Literal::scalar(outputs[0].dtype, self.value)?.bytes().to_vec();
        let parts = vec![(0, StridedCopy::new(&x, (0, &strides(&x)), (at, &walk)))];
        Ok(Move { dtype: outputs[0].dtype, len: out.iter().product(), fill: Some(fill), parts }.kernel())
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let interior = self.interior();
        let mut y = x[0].clone();
        for (axis, (p, between)) in self.pads.iter().zip(interior).enumerate() {
            if *p == [0, 0] && between == 0 {
                continue;
            }
            let n = y.dim(axis)?;
            let mut rows = vec![None; p[0]];
            for i in 0..n {
                rows.push(Some(i));
                rows.extend(std::iter::repeat_n(None, if i + 1 < n { between } else { 0 }));
            }
            rows.extend(std::iter::repeat_n(None, p[1]));
            y = tensors::pick(&y, axis, &rows, self.value)?;
        }
        y.contiguous().map(Some)
    }
}

impl Define for Pad {
    const NAME: &'static str = "pad";
    const DOC: &'static str =
        "x with `pads[i] = [before, after]` elements of `value` added around it along each axis i.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("pads", "[number, number][]", "", "How many elements to add before and after, along each axis."),
        param("value", "number", "0", "The value of the elements added."),
        param(
            "interior",
            "number[] | null",
            "null",
            "How many to add between every two elements along each axis; null: none.",
        ),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"pads":[[1,2],[0,1]]}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"pads":[[0,1]],"value":-1.5}"#).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"pads":[[0,0],[1,0]],"value":"-inf"}"#).f32(&[2, 3], -1.0, 1.0).kink(),
            Sample::new(r#"{"pads":[[1,0],[0,2]],"interior":[2,1]}"#).f32(&[2, 3], -1.0, 1.0),
            Sample::new(r#"{"pads":[[1,1],[0,0]]}"#).f32(&[0, 2], -1.0, 1.0),
            Sample::new(r#"{"pads":[]}"#).f32(&[], -1.0, 1.0),
            Sample::new(r#"{"pads":[[1,1]],"value":7}"#).with(DType::U8, &[2], [1.0, 2.0]),
        ]
    }
}
