//! A block of x, or every n-th element of it

use super::prelude::*;
use kerosene_kernels::{StridedCopy, strides};

/// A block of x, or every n-th element of it
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    start: Vec<i64>,
    size: Vec<Dim>,
    #[serde(default)]
    step: Option<Vec<usize>>,
}

/// One axis of the slice; of the size only what is known.
struct Along {
    start: Dim,
    size: Dim,
    step: usize,
}

impl Slice {
    fn along(&self, x: &Spec) -> Result<Vec<Along>> {
        let rank = x.rank();
        let steps = self.step.clone().unwrap_or_else(|| vec![1; rank]);
        if [self.start.len(), self.size.len(), steps.len()] != [rank; 3] {
            return Err(Error::value(format!(
                "slice: start, size and step need one number for each of the {rank} axes of {x}, but have {}, {} and {}.",
                self.start.len(),
                self.size.len(),
                steps.len()
            )));
        }
        (0..rank).map(|i| self.one(x, i, steps[i])).collect()
    }

    fn one(&self, x: &Spec, i: usize, step: usize) -> Result<Along> {
        let (start, size) = (self.start[i], self.size[i]);
        let bad = || {
            let size = size.map_or("all".into(), |s| s.to_string());
            Error::value(format!("slice: {size} from {start} by {step} does not lie in axis {i} of {x}."))
        };
        if step == 0 {
            return Err(bad());
        }
        let Some(n) = x.shape[i] else {
            // Of an unknown axis: a start from the front, or all that is left after a start from the end.
            let from_end = usize::try_from(start.wrapping_neg()).ok().filter(|_| start < 0);
            let left = from_end.map(|n| n.div_ceil(step));
            return Ok(Along { start: usize::try_from(start).ok(), size: size.or(left), step });
        };
        let first = usize::try_from(if start < 0 { start + n as i64 } else { start }).map_err(|_| bad())?;
        let size = size.unwrap_or_else(|| n.saturating_sub(first).div_ceil(step));
        let end = match size.checked_sub(1) {
            None => Some(first),
            Some(more) => more.checked_mul(step).and_then(|e| e.checked_add(first)?.checked_add(1)),
        };
        match end {
            Some(end) if end <= n => Ok(Along { start: Some(first), size: Some(size), step }),
            _ => Err(bad()),
        }
    }
}

impl Op for Slice {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn attrs(&self) -> String {
        def::attrs(self)
    }

    fn infer(&self, inputs: &[&Spec]) -> Result<Vec<Spec>> {
        let along = self.along(inputs[0])?;
        Ok(vec![Spec::new(inputs[0].dtype, along.into_iter().map(|a| a.size))])
    }

    fn vjp(&self, cx: &mut Vjp<'_>) -> Result<Vec<Option<Value>>> {
        let (g, x) = (cx.grad(), cx.input(0).clone());
        let along = self.along(&x)?;
        let (mut pads, mut interior) = (vec![], vec![]);
        for (a, &n) in along.iter().zip(&x.shape) {
            let pad = match (n, a.start, a.size) {
                (Some(n), Some(start), Some(size)) => {
                    [start, n - start - size.saturating_sub(1) * a.step - size.min(1)]
                }
                (_, Some(0), None) if a.step == 1 => [0, 0],
                _ => return Err(Error::unsupported("slice: the gradient needs known lengths.")),
            };
            pads.push(pad);
            interior.push(a.step - 1);
        }
        let attrs = serde_json::json!({ "pads": pads, "interior": interior }).to_string();
        cx.graph.op("pad", &attrs, &[g]).map(|d| vec![Some(d)])
    }
}

impl Lower for Slice {
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered> {
        let (x, out) = (inputs[0].dims(Self::NAME)?, outputs[0].dims(Self::NAME)?);
        let (along, from) = (self.along(inputs[0])?, strides(&x));
        let at = along.iter().zip(&from).map(|(a, s)| a.start.unwrap_or(0) as isize * s).sum();
        let walk: Vec<isize> = along.iter().zip(&from).map(|(a, s)| (a.step as isize).saturating_mul(*s)).collect();
        let copy = StridedCopy::new(&out, (at, &walk), (0, &strides(&out)));
        Ok(Move::whole(inputs[0].dtype, out.iter().product(), copy))
    }

    fn candle(&self, x: &[Tensor]) -> Candle {
        let Ok(along) = self.along(&Spec::known(DType::F32, x[0].dims())) else { return Ok(None) };
        let mut y = x[0].clone();
        for (axis, a) in along.iter().enumerate() {
            let (Some(start), Some(size)) = (a.start, a.size) else { return Ok(None) };
            y = if a.step == 1 {
                y.narrow(axis, start, size)?
            } else {
                let rows: Vec<Option<usize>> = (0..size).map(|i| Some(start + i * a.step)).collect();
                tensors::pick(&y, axis, &rows, 0.0)?
            };
        }
        y.contiguous().map(Some)
    }
}

impl Define for Slice {
    const NAME: &'static str = "slice";
    const DOC: &'static str = "Of each axis i, `size[i]` elements from `start[i]` on, taking every `step[i]`-th. The result's shape is `size`.";
    const INPUTS: &'static [&'static str] = &["x"];
    const PARAMS: &'static [Param] = &[
        param("start", "number[]", "", "Where to start along each axis; negative numbers count from the end."),
        param("size", "(number | null)[]", "", "How many elements along each axis; null: all that are left."),
        param(
            "step",
            "number[] | null",
            "null",
            "The distance between elements taken along each axis, at least 1; null: 1.",
        ),
    ];

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new(r#"{"start":[1,0],"size":[2,3]}"#).f32(&[4, 3], -1.0, 1.0),
            Sample::new(r#"{"start":[0,-2],"size":[null,null]}"#).f32(&[2, 5], -1.0, 1.0),
            Sample::new(r#"{"start":[1,0],"size":[2,null],"step":[2,3]}"#).f32(&[5, 7], -1.0, 1.0),
            Sample::new(r#"{"start":[0,1],"size":[null,2],"step":[1,2]}"#).f32(&[2, 4], -1.0, 1.0),
            Sample::new(r#"{"start":[3],"size":[0]}"#).f32(&[3], -1.0, 1.0),
            Sample::new(r#"{"start":[],"size":[]}"#).f32(&[], -1.0, 1.0),
            Sample::new(r#"{"start":[1],"size":[1]}"#).with(DType::U8, &[2], [1.0, 2.0]),
        ]
    }
}
