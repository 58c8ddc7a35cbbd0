//! w − m · rate / (√v + ε)

use super::prelude::*;
use crate::def::param;
use kerosene_ir::Graph;
use kerosene_kernels::quinary;

/// w − m · rate / (√v + ε), or with ε under the root
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdaptiveStep {
    #[serde(default)]
    within: bool,
}

impl AdaptiveStep {
    /// √v + ε, or √(v + ε).
    fn divisor(&self, graph: &mut Graph, v: Value, epsilon: Value) -> Result<Value> {
        if self.within {
            let x = graph.add(v, epsilon)?;
            return graph.apply("sqrt", &[x]);
        }
        let root = graph.apply("sqrt", &[v])?;
        graph.add(root, epsilon)
    }
}

impl Formula for AdaptiveStep {
    const NAME: &'static str = "adaptive_step";
    const DOC: &'static str = "w − m · rate / (√v + epsilon), elementwise: a step against a gradient m that is divided by the root of \
                               its mean square v, in one pass over memory.";
    const INPUTS: &'static [&'static str] = &["w", "m", "v", "rate", "epsilon"];
    const PARAMS: &'static [Param] =
        &[param("within", "boolean", "false", "Whether epsilon is added under the root: √(v + epsilon).")];
    const PROMOTE: Promote = Promote::Float;

    fn lane(&self, inputs: &[DType], _: DType) -> Result<Lane> {
        let within = self.within;
        Ok(for_dtype!(float, Self::NAME, inputs[0], T => match within {
            true => quinary(|w: T, m: T, v: T, rate: T, e: T| w - m * rate / (v + e).sqrt()),
            false => quinary(|w: T, m: T, v: T, rate: T, e: T| w - m * rate / (v.sqrt() + e)),
        }))
    }

    fn expression(&self, _: &[DType], _: DType) -> Option<String> {
        let divisor = if self.within { "sqrt(c + e)" } else { "sqrt(c) + e" };
        Some(format!("a - b * d / ({divisor})"))
    }

    fn partial(&self, cx: &mut Vjp<'_>, i: usize) -> Result<Option<Value>> {
        let (g, [m, v, rate, epsilon]) = (cx.grad(), [cx.inputs[1], cx.inputs[2], cx.inputs[3], cx.inputs[4]]);
        if i == 0 {
            return Ok(Some(g));
        }
        let divisor = self.divisor(cx.graph, v, epsilon)?;
        let against = cx.graph.neg(g)?;
        let share = cx.graph.div(against, divisor)?;
        match i {
            1 => return cx.graph.mul(share, rate).map(Some),
            3 => return cx.graph.mul(share, m).map(Some),
            _ => {}
        }
        // By the divisor: m · rate / divisor², and from there to v and ε.
        let step = cx.graph.mul(m, rate)?;
        let step = cx.graph.div(step, divisor)?;
        let share = cx.graph.mul(share, step)?;
        let by_divisor = cx.graph.neg(share)?;
        if i == 4 && !self.within {
            return Ok(Some(by_divisor));
        }
        let root = if self.within { divisor } else { cx.graph.apply("sqrt", &[v])? };
        let twice = cx.graph.scale(root, 2.0)?;
        cx.graph.div(by_divisor, twice).map(Some)
    }

    fn expand(&self, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Value>> {
        let step = |graph: &mut Graph| {
            let step = graph.mul(inputs[1], inputs[3])?;
            let divisor = self.divisor(graph, inputs[2], inputs[4])?;
            let step = graph.div(step, divisor)?;
            graph.sub(inputs[0], step)
        };
        Some(step(graph))
    }

    fn samples() -> Vec<Sample> {
        let odd = [0.0, 1.0, f64::INFINITY, f64::NAN, 1e-40, 3e38];
        let both = |attrs: &str| {
            let new = || Sample::new(attrs);
            vec![
                new().f32(&[3, 40], -1.0, 1.0).f32(&[3, 40], -1.0, 1.0).f32(&[3, 40], 0.5, 2.0).f32(&[], 0.1, 0.2).f32(
                    &[],
                    0.1,
                    0.2,
                ),
                new().f32(&[7], -1.0, 1.0).f32(&[2, 1], -1.0, 1.0).f32(&[7], 0.5, 2.0).f32(&[7], 0.1, 0.2).f32(
                    &[1],
                    0.1,
                    0.2,
                ),
                new()
                    .with(DType::F32, &[6], odd)
                    .with(DType::F32, &[6], odd)
                    .with(DType::F32, &[6], odd)
                    .f32(&[], 0.1, 0.2)
                    .f32(&[], 0.1, 0.2)
                    .kink(),
            ]
        };
        [both(""), both(r#"{"within":true}"#)].concat()
    }
}
