//! In 16 bits: an op gives what it gives for the same numbers in float32, rounded.

use crate::harness::{Case, Recorded, candle, cases, decode, difference, report};
use crate::kernels::run_on;
use kerosene_exec::Device;
use kerosene_ir::{DType, Literal, Result, Value};
use kerosene_ops::gradients;

const HALVES: [DType; 2] = [DType::F16, DType::BF16];

/// The distance from 1 to the next number.
fn step(dtype: DType) -> f64 {
    if dtype == DType::F16 { 2f64.powi(-10) } else { 2f64.powi(-7) }
}

fn rounded(dtype: DType, value: f64) -> f64 {
    Literal::scalar(dtype, value).ok().and_then(|l| l.as_scalar()).expect("a number")
}

/// The case with numbers that `half` can hold, in float32 and in `half`.
fn pair(case: &Case, half: DType) -> (Case, Case) {
    let with = |dtype: DType| {
        let mut sample = case.sample.clone();
        for d in sample.inputs.iter_mut().filter(|d| d.dtype.is_float()) {
            d.dtype = dtype;
            // Programs take the smallest float32 for zero.
            d.values.iter_mut().for_each(|v| *v = rounded(half, if v.abs() < 1e-37 { 0.0 } else { *v }));
        }
        // What makes its result from nothing is asked for it in 16 bits.
        let asked = if sample.inputs.iter().any(|d| d.dtype.is_float()) { half } else { dtype };
        for float in ["float16", "bfloat16", "float32", "float64"] {
            let text = |d: &str| format!(r#""dtype":"{d}""#);
            if sample.attrs.contains(&text(float)) {
                sample.attrs = sample.attrs.replace(&text(float), &text(asked.name()));
                break;
            }
        }
        Case { def: case.def, sample, number: case.number }
    };
    (with(DType::F32), with(half))
}

/// Bytes read as something else are another thing in another dtype.
fn is_about_bytes(case: &Case) -> bool {
    case.def.name == "bitcast"
}

fn disagreement(case: &Case, half: DType, device: &Device) -> Result<Option<String>> {
    let (wide, narrow) = pair(case, half);
    let (w, n) = (wide.record()?, narrow.record()?);
    let (want, _) = run_on(&w, &wide.bytes(), device)?;
    let (got, _) = run_on(&n, &narrow.bytes(), device)?;
    // What is recorded as several ops is rounded after each.
    let ops = n.graph.nodes().filter(|(_, node)| node.op().is_some_and(|op| op.name() != "cast")).count();
    for (i, (got, want)) in got.iter().zip(&want).enumerate() {
        let (from, to) = (w.graph.spec(w.outputs[i]).dtype, n.graph.spec(n.outputs[i]).dtype);
        let want: Vec<f64> = decode(from, want).into_iter().map(|v| rounded(to, v)).collect();
        let (relative, absolute) = match (to.is_half(), ops) {
            (false, 0 | 1) => (1e-6, 1e-30),
            (_, 0 | 1) => (step(half), 1e-7),
            _ => {
                let most = want.iter().filter(|v| v.is_finite()).fold(0.0, |a: f64, v| a.max(v.abs()));
                (step(half) * ops as f64, step(half) * most.min(1.0))
            }
        };
        if let Some(d) = difference(&decode(to, got), &want, relative, absolute) {
            return Ok(Some(d));
        }
    }
    Ok(None)
}

#[test]
fn ops_compute_in_float32_and_round_once() {
    let mut wrong = vec![];
    for device in [Device::Cpu, candle()] {
        for half in HALVES {
            for case in cases().filter(|c| !is_about_bytes(c)) {
                match disagreement(&case, half, &device) {
                    Ok(None) => {}
                    Ok(Some(d)) => wrong.push(format!("{case} in {half} on {device:?}: {d}")),
                    Err(e) => wrong.push(format!("{case} in {half} on {device:?}: {e}")),
                }
            }
        }
    }
    report(wrong);
}

/// The gradients of the sum of the first output for the inputs of floats.
fn slopes(case: &Case) -> Result<Option<(Recorded, Vec<Value>)>> {
    let mut r = case.record()?;
    if !r.graph.spec(r.outputs[0]).dtype.is_float() {
        return Ok(None);
    }
    let wrt: Vec<Value> = r.inputs.iter().copied().filter(|&v| r.graph.spec(v).dtype.is_float()).collect();
    let found = gradients(&mut r.graph, &r.outputs[..1], &[], &wrt)?;
    let found: Option<Vec<Value>> = found.into_iter().collect();
    Ok(found.filter(|f| !f.is_empty()).map(|outputs| (Recorded { outputs: outputs.clone(), ..r }, outputs)))
}

#[test]
fn derivatives_are_those_of_float32_nearly() {
    let mut wrong = vec![];
    for half in HALVES {
        for case in cases().filter(|c| c.sample.smooth && !is_about_bytes(c)) {
            let check = || {
                let (wide, narrow) = pair(&case, half);
                let (Some((w, _)), Some((n, _))) = (slopes(&wide)?, slopes(&narrow)?) else { return Ok(None) };
                let (want, _) = run_on(&w, &wide.bytes(), &Device::Cpu)?;
                let (got, _) = run_on(&n, &narrow.bytes(), &Device::Cpu)?;
                for (got, want) in got.iter().zip(&want) {
                    let want = decode(DType::F32, want);
                    let most = want.iter().filter(|v| v.is_finite()).fold(0.0, |a: f64, v| a.max(v.abs()));
                    if let Some(d) =
                        difference(&decode(half, got), &want, 8.0 * step(half), step(half) * (2.0 + 8.0 * most))
                    {
                        return Ok(Some(d));
                    }
                }
                Ok::<_, kerosene_ir::Error>(None)
            };
            match check() {
                Ok(None) => {}
                Ok(Some(d)) => wrong.push(format!("{case} in {half}: {d}")),
                Err(e) => wrong.push(format!("{case} in {half}: {e}")),
            }
        }
    }
    report(wrong);
}
