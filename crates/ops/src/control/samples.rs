//! The scan as copies of its body, and cases for the laws.

use super::scan::Scan;
use crate::{GraphOps, Sample};
use kerosene_ir::{DType, Error, Graph, Result, Spec, Value};

/// More copies than this nobody wants.
const MOST: usize = 64;

/// The body once for each step; `None` where there are none, many, or nobody knows how many.
pub(super) fn unrolled(scan: &Scan, graph: &mut Graph, inputs: &[Value]) -> Option<Result<Vec<Value>>> {
    let specs: Vec<Spec> = inputs.iter().map(|&v| graph.spec(v).clone()).collect();
    let steps = scan.steps(&specs.iter().collect::<Vec<_>>()).ok().flatten().filter(|n| (1..=MOST).contains(n))?;
    scan.outputs.is_none().then(|| unroll(scan, graph, inputs, steps))
}

fn unroll(scan: &Scan, graph: &mut Graph, inputs: &[Value], steps: usize) -> Result<Vec<Value>> {
    let (n, moving) = (scan.carries, scan.carries + scan.sequences);
    let mut carries = inputs[..n].to_vec();
    let mut rows: Vec<Vec<Value>> = vec![];
    for t in 0..steps {
        let at = if scan.reverse { steps - 1 - t } else { t };
        let mut parameters = carries.clone();
        for &x in &inputs[n..moving] {
            let shape = graph.spec(x).shape.clone();
            let mut start = vec![0; shape.len()];
            start[0] = at;
            let size: Vec<_> = std::iter::once(Some(1)).chain(shape[1..].iter().copied()).collect();
            let attrs = serde_json::json!({ "start": start, "size": size }).to_string();
            let row = graph.op("slice", &attrs, &[x])?;
            parameters.push(graph.reshape(row, &shape[1..])?);
        }
        parameters.extend(&inputs[moving..]);
        let values = scan.body.record(graph, &parameters)?;
        let (new, stacked) = scan.places();
        carries = new.iter().map(|&r| values[r]).collect();
        rows.push(stacked.iter().map(|&r| values[r]).collect());
    }
    if scan.reverse {
        rows.reverse();
    }
    let first = rows.first().ok_or_else(|| Error::internal("scan: nothing to unroll."))?;
    for j in 0..first.len() {
        let column: Vec<Value> = rows.iter().map(|r| r[j]).collect();
        carries.push(crate::push(graph, "stack", "{}", &column)?[0]);
    }
    Ok(carries)
}

/// An attribute text: `rest` and a body whose steps are `(op, inputs)`.
fn text(parameters: usize, steps: &[(&str, &str, &[usize])], results: &[usize], rest: &str) -> String {
    let step = |(op, attrs, inputs): &(&str, &str, &[usize])| {
        format!(r#"{{"op":"{op}","attrs":{attrs},"inputs":{inputs:?},"outputs":1}}"#)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    format!(r#"{{"body":{{"parameters":{parameters},"steps":[{}],"results":{results:?}}},{rest}}}"#, steps.join(","))
}

pub(super) fn samples() -> Vec<Sample> {
    let product = r#"{"transpose_a":false,"transpose_b":false}"#;
    // h, x, w, u: tanh(x·w + h·u)
    let cell = |rest: &str| {
        let steps: &[(&str, &str, &[usize])] =
            &[("matmul", product, &[1, 2]), ("matmul", product, &[0, 3]), ("add", "{}", &[4, 5]), ("tanh", "{}", &[6])];
        text(4, steps, &[7, 7], rest)
    };
    let recurrent = |rest: &str, steps: usize| {
        let s = Sample::new(cell(rest)).f32(&[2, 3], -0.5, 0.5).f32(&[steps, 2, 4], -1.0, 1.0);
        s.f32(&[4, 3], -0.6, 0.6).f32(&[3, 3], -0.6, 0.6)
    };
    // h, x, w, b: tanh(x·w + b) · h, whose bias is summed over the rows.
    let biased: &[(&str, &str, &[usize])] =
        &[("matmul", product, &[1, 2]), ("add", "{}", &[4, 3]), ("tanh", "{}", &[5]), ("multiply", "{}", &[6, 0])];
    let biased = text(4, biased, &[7, 6], r#""carries":1,"sequences":1"#);
    let running = text(2, &[("multiply", "{}", &[0, 1])], &[2, 2], r#""carries":1,"sequences":1"#);
    let power = text(2, &[("multiply", "{}", &[0, 1])], &[2], r#""carries":1,"sequences":0,"length":3"#);
    // Two carries that change places, one of them counted up by an integer nobody derives.
    let swap = text(
        3,
        &[("multiply", "{}", &[0, 2]), ("sin", "{}", &[3])],
        &[1, 4, 0],
        r#""carries":2,"sequences":1,"reverse":true"#,
    );
    let inner = text(2, &[("multiply", "{}", &[0, 1])], &[2, 2], r#""carries":1,"sequences":1"#);
    let nested = format!(
        r#"{{"body":{{"parameters":2,"steps":[{{"op":"scan","attrs":{inner},"inputs":[0,1],"outputs":3}}],"results":[2,3]}},"carries":1,"sequences":1}}"#
    );
    let some = text(2, &[("multiply", "{}", &[0, 1])], &[2, 2], r#""carries":1,"sequences":1,"outputs":[1,0]"#);
    vec![
        recurrent(r#""carries":1,"sequences":1"#, 5),
        recurrent(r#""carries":1,"sequences":1,"reverse":true"#, 4),
        recurrent(r#""carries":1,"sequences":1"#, 1),
        recurrent(r#""carries":1,"sequences":1"#, 0).kink(),
        Sample::new(biased).f32(&[2, 3], 0.5, 1.5).f32(&[3, 2, 4], -1.0, 1.0).f32(&[4, 3], -0.6, 0.6).f32(
            &[3],
            -1.0,
            1.0,
        ),
        Sample::new(running).f32(&[3], 0.5, 1.5).f32(&[4, 3], 0.5, 1.5),
        Sample::new(power).f32(&[2, 2], 0.5, 1.5).f32(&[2], 0.5, 1.5),
        Sample::new(swap).f32(&[3], -1.0, 1.0).f32(&[3], -1.0, 1.0).f32(&[6, 3], -1.0, 1.0),
        Sample::new(nested).f32(&[], 0.5, 1.5).f32(&[3, 2], 0.5, 1.5),
        Sample::new(some).f32(&[2], 0.5, 1.5).f32(&[3, 2], 0.5, 1.5),
        Sample::new(text(2, &[("add", "{}", &[0, 1])], &[2, 2], r#""carries":1,"sequences":1"#))
            .with(DType::I32, &[2], [1.0, 2.0])
            .with(DType::I32, &[2, 2], [3.0, 4.0, 5.0, 6.0]),
    ]
}
