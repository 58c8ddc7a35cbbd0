//! Derivatives are what finite differences in float64 say.

use crate::harness::{Case, Recorded, cases, difference, encode, report};
use kerosene_ir::{DType, Graph, Literal, Result, Value, verify};
use kerosene_ops::{GraphOps, gradients};

/// Elements of an input that are moved, at most.
const MOVED: usize = 24;

/// A fixed direction without pattern.
fn direction(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| 0.3 + ((i as f64 + seed) * 0.754_877_666).fract()).collect()
}

/// Σ w · v as a value of the graph.
fn weighted(graph: &mut Graph, v: Value, seed: f64) -> Result<Value> {
    let spec = graph.spec(v).clone();
    let shape = spec.dims("weighted")?;
    let w = direction(shape.iter().product(), seed);
    let w = graph.constant(Literal::new(spec.dtype, &shape, &encode(spec.dtype, &w))?);
    let product = graph.mul(v, w)?;
    graph.op("sum", "", &[product])
}

/// Compares the gradients of the scalar `target` with central differences at the sample's point.
fn compare(case: &Case, r: &mut Recorded, target: Value, tolerance: f64) -> Result<Option<String>> {
    let grads = gradients(&mut r.graph, &[target], &[], &r.inputs.clone())?;
    verify(&r.graph)?;
    let coarse = r.graph.spec(target).dtype == DType::F32;
    let (step, tolerance) = if coarse { (1e-2, 1e-2) } else { (1e-5, tolerance) };
    for (i, data) in case.data().iter().enumerate().filter(|(_, d)| d.dtype.is_float()) {
        let n = data.values.len();
        let got = match grads[i] {
            Some(g) => r.run(&case.bytes(), &[g])?.remove(0),
            None => vec![0.0; n],
        };
        let (mut some, mut want) = (vec![], vec![]);
        for k in (0..n).step_by(n.div_ceil(MOVED).max(1)) {
            let at = |move_by: f64| {
                let mut bytes = case.bytes();
                let mut values = data.values.clone();
                values[k] += move_by;
                bytes[i] = encode(data.dtype, &values);
                r.run(&bytes, &[target]).map(|v| v[0][0])
            };
            want.push((at(step)? - at(-step)?) / (2.0 * step));
            some.push(got[k]);
        }
        if let Some(d) = difference(&some, &want, tolerance, tolerance) {
            return Ok(Some(format!("{case}: gradient of input {i}: {d}")));
        }
    }
    Ok(None)
}

fn first(case: &Case) -> Result<Option<String>> {
    let mut r = case.record()?;
    if !r.graph.spec(r.outputs[0]).dtype.is_float() {
        return Ok(None);
    }
    let target = weighted(&mut r.graph, r.outputs[0], 0.1)?;
    compare(case, &mut r, target, 1e-6)
}

/// The gradients of the gradients: the derivative rules are made of ops, and so can be derived again.
fn second(case: &Case) -> Result<Option<String>> {
    let mut r = case.record()?;
    if r.graph.spec(r.outputs[0]).dtype != DType::F64 {
        return Ok(None);
    }
    let target = weighted(&mut r.graph, r.outputs[0], 0.1)?;
    let grads = gradients(&mut r.graph, &[target], &[], &r.inputs.clone())?;
    let mut sum: Option<Value> = None;
    for (i, g) in grads.into_iter().enumerate() {
        let Some(g) = g else { continue };
        let part = weighted(&mut r.graph, g, 0.2 + i as f64)?;
        sum = Some(match sum {
            None => part,
            Some(s) => r.graph.add(s, part)?,
        });
    }
    match sum {
        Some(sum) => compare(case, &mut r, sum, 1e-5),
        None => Ok(None),
    }
}

fn all(check: impl Fn(&Case) -> Result<Option<String>>) {
    let smooth = cases().filter(|c| c.sample.smooth).map(Case::wide);
    let wrong = smooth.filter_map(|case| check(&case).unwrap_or_else(|e| Some(format!("{case}: {e}"))));
    report(wrong.collect());
}

#[test]
fn derivatives_are_finite_differences() {
    all(first);
}

#[test]
fn second_derivatives_are_finite_differences() {
    // The slope of a product with zeros in it is chosen by comparison, which has no slope of its own.
    all(|case| if case.def.name == "prod" && case.data()[0].values.contains(&0.0) { Ok(None) } else { second(case) });
}

#[test]
fn gradients_at_kinks_and_edges_can_be_taken() {
    let mut wrong = vec![];
    for case in cases() {
        let check = || {
            let mut r = case.record()?;
            if r.graph.spec(r.outputs[0]).dtype.is_float() {
                let grads = gradients(&mut r.graph, &r.outputs.clone(), &[], &r.inputs.clone())?;
                verify(&r.graph)?;
                let wanted: Vec<Value> = grads.into_iter().flatten().collect();
                r.run_bytes(&case.bytes(), &wanted)?;
            }
            Ok::<(), kerosene_ir::Error>(())
        };
        if let Err(e) = check() {
            wrong.push(format!("{case}: {e}"));
        }
    }
    report(wrong);
}

/// What JAX says where a derivative is a matter of choice.
#[test]
fn derivatives_at_ties_and_zeros_are_those_of_jax() {
    let nan = f64::NAN;
    for (op, attrs, inputs, want) in [
        ("relu", "", vec![vec![0.0, 1.0, -1.0]], vec![vec![0.0, 1.0, 0.0]]),
        ("abs", "", vec![vec![0.0, -2.0]], vec![vec![0.0, -1.0]]),
        ("maximum", "", vec![vec![1.0, 2.0, 0.0], vec![1.0, 0.0, 2.0]], vec![vec![0.5, 1.0, 0.0], vec![0.5, 0.0, 1.0]]),
        ("minimum", "", vec![vec![1.0, 2.0, 0.0], vec![1.0, 0.0, 2.0]], vec![vec![0.5, 0.0, 1.0], vec![0.5, 1.0, 0.0]]),
        ("max", "", vec![vec![3.0, 1.0, 3.0]], vec![vec![0.5, 0.0, 0.5]]),
        ("min", "", vec![vec![1.0, 1.0, 3.0, 1.0]], vec![vec![1.0 / 3.0, 1.0 / 3.0, 0.0, 1.0 / 3.0]]),
        (
            "power",
            "",
            vec![vec![0.0, 0.0, 2.0], vec![0.0, 2.0, 0.0]],
            vec![vec![0.0, 0.0, 0.0], vec![0.0, 0.0, 2f64.ln()]],
        ),
        ("power", "", vec![vec![0.0, -2.0], vec![1.0, 2.0]], vec![vec![1.0, -4.0], vec![0.0, nan]]),
        ("prod", "", vec![vec![0.0, 2.0, 3.0]], vec![vec![6.0, 0.0, 0.0]]),
        ("prod", "", vec![vec![0.0, 0.0, 3.0]], vec![vec![0.0, 0.0, 0.0]]),
        ("elu", "", vec![vec![0.0, 200.0, -1e30]], vec![vec![1.0, 1.0, 0.0]]),
        ("leaky_relu", "", vec![vec![0.0, -1.0]], vec![vec![1.0, 0.2]]),
        ("clip", r#"{"min":-1,"max":1}"#, vec![vec![-1.0, 0.0, 2.0]], vec![vec![0.5, 1.0, 0.0]]),
        ("softplus", "", vec![vec![0.0, 500.0, -500.0]], vec![vec![0.5, 1.0, 0.0]]),
        ("logsumexp", "", vec![vec![1000.0, -1000.0]], vec![vec![1.0, 0.0]]),
    ] {
        let mut graph = Graph::new();
        let values: Vec<Value> =
            inputs.iter().map(|v| graph.input(kerosene_ir::Spec::known(DType::F64, &[v.len()]))).collect();
        let y = graph.op(op, attrs, &values).expect(op);
        let grads = gradients(&mut graph, &[y], &[], &values).expect(op);
        let r = Recorded { graph, inputs: values, outputs: vec![y] };
        let bytes: Vec<_> = inputs.iter().map(|v| encode(DType::F64, v)).collect();
        for (g, want) in grads.into_iter().zip(want) {
            let got = r.run(&bytes, &[g.expect("connected")]).expect(op).remove(0);
            assert_eq!(difference(&got, &want, 1e-9, 1e-9), None, "{op} {inputs:?} gives {got:?}");
        }
    }
}

/// A pooling of rectified sums: what its derivative leaves out is left out where there is less of it, which changes no number.
#[test]
fn pooled_rectified_sums_have_the_derivatives_of_their_parts() {
    let attrs = [
        r#"{"pool_size":[2,2],"strides":[2,2],"padding":"valid"}"#,
        r#"{"pool_size":[3,2],"strides":[2,1],"padding":"same"}"#,
    ];
    // Halves: ties, and sums that are zero.
    let half =
        |n: usize, seed: usize| (0..n).map(|i| ((i * i + 3 * i + seed) % 7) as f64 / 2.0 - 2.0).collect::<Vec<_>>();
    let (x, b) = (half(2 * 5 * 6 * 3, 1), vec![0.5, 0.0, -1.0]);
    for attrs in attrs {
        let mut graph = Graph::new();
        let [of_x, of_b] = [&[2, 5, 6, 3][..], &[3]].map(|s| graph.input(kerosene_ir::Spec::known(DType::F64, s)));
        let mut build = || {
            let z = graph.add(of_x, of_b)?;
            let y = graph.apply("relu", &[z])?;
            let top = graph.op("max_pool", attrs, &[y])?;
            let target = weighted(&mut graph, top, 0.1)?;
            let seed = gradients(&mut graph, &[target], &[], &[top])?[0].expect("connected");
            let got = gradients(&mut graph, &[target], &[], &[of_x, of_b, y])?;
            // Step by step, as the ops' own rules say.
            let spread = graph.op("max_pool_gradient", attrs, &[y, seed])?;
            let zero = graph.number(0.0, y)?;
            let on = graph.apply("greater", &[y, zero])?;
            let masked = graph.select(on, spread, zero)?;
            let sum = graph.sum(masked, &[0, 1, 2], false)?;
            Ok::<_, kerosene_ir::Error>((got, [masked, sum, spread]))
        };
        let (got, want) = build().expect(attrs);
        let r = Recorded { graph, inputs: vec![of_x, of_b], outputs: vec![] };
        let bytes = [&x, &b].map(|v| encode(DType::F64, v)).to_vec();
        for (got, want) in got.into_iter().zip(want) {
            let pair = r.run(&bytes, &[got.expect("connected"), want]).expect(attrs);
            assert_eq!(difference(&pair[0], &pair[1], 1e-12, 1e-12), None, "{attrs}");
        }
    }
}

/// What is added to a tensor of which averages are taken: its gradient is a sum of what repeats.
#[test]
fn gradients_that_repeat_are_summed_as_if_they_did_not() {
    let cases: [(&[usize], &[usize], &[usize]); 6] = [
        (&[1], &[3], &[0, 1]),
        (&[1], &[4, 3], &[0]),
        (&[0], &[2, 1, 3], &[1]),
        (&[0, 1], &[1], &[0, 1, 2]),
        (&[2], &[3], &[0, 1]),
        (&[0, 1, 2], &[1, 4, 1], &[0, 2]),
    ];
    for (averaged, shape, summed) in cases {
        let mut graph = Graph::new();
        let [x, b] = [&[2, 4, 3], shape].map(|s| graph.input(kerosene_ir::Spec::known(DType::F64, s)));
        let mut build = || {
            let y = graph.add(x, b)?;
            let mean = graph.op("mean", &serde_json::json!({ "axis": averaged }).to_string(), &[y])?;
            let target = weighted(&mut graph, mean, 0.2)?;
            let g = gradients(&mut graph, &[target], &[], &[x, b])?.into_iter().map(|g| g.expect("connected"));
            let g: Vec<Value> = g.collect();
            let want = graph.sum(g[0], summed, false)?;
            Ok::<_, kerosene_ir::Error>([g[1], want])
        };
        let pair = build().expect("a graph");
        let r = Recorded { graph, inputs: vec![x, b], outputs: vec![] };
        let bytes = [24, shape.iter().product()].map(|n| encode(DType::F64, &direction(n, 0.5))).to_vec();
        let pair = r.run(&bytes, &pair).expect("numbers");
        assert_eq!(difference(&pair[0], &pair[1], 1e-12, 1e-12), None, "{averaged:?} {shape:?}");
    }
}
