//! Kernels compute their op's formula, on any number of threads and on any data.

use crate::harness::{Case, Recorded, cases, decode, difference, encode, report};
use kerosene_exec::{Device, Program, set_threads};
use kerosene_ir::{DType, Graph, Result, Spec, Value};
use kerosene_kernels::{Io, Pool};
use kerosene_ops::{Lowered, Sample, lookup, lower};
use std::collections::HashMap;

#[test]
fn kernels_agree_with_their_expansions() {
    let mut wrong = vec![];
    for case in cases().filter(|c| !c.def.composite) {
        let check = || {
            let mut r = case.record()?;
            let Some((op, inputs)) = r.last() else { return Ok(None) };
            let Some(expanded) = op.expand(&mut r.graph, &inputs) else { return Ok(None) };
            let expanded = expanded?;
            assert_eq!(r.graph.spec(expanded[0]), r.graph.spec(r.outputs[0]), "{case}");
            let got = r.run(&case.bytes(), &r.outputs)?;
            let want = r.run(&case.bytes(), &expanded)?;
            Ok::<_, kerosene_ir::Error>(difference(&got[0], &want[0], 2e-6, 1e-6))
        };
        match check() {
            Ok(None) => {}
            Ok(Some(d)) => wrong.push(format!("{case}: {d}")),
            Err(e) => wrong.push(format!("{case}: {e}")),
        }
    }
    report(wrong);
}

/// Runs a program of the outputs on the process's threads.
fn planned(r: &Recorded, inputs: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    run_on(r, inputs, &Device::Cpu).map(|(bytes, _)| bytes)
}

/// Runs a program of the outputs on a device; also says what ran on the host instead.
pub fn run_on(r: &Recorded, inputs: &[Vec<u8>], device: &Device) -> Result<(Vec<Vec<u8>>, Vec<&'static str>)> {
    let program = Program::compile(&r.graph, &r.outputs, &HashMap::new(), device)?;
    let words = |b: &[u8]| {
        let mut words = vec![0u64; b.len().div_ceil(8).max(1)];
        // SAFETY: the words have room for the bytes.
        unsafe { std::ptr::copy_nonoverlapping(b.as_ptr(), words.as_mut_ptr().cast(), b.len()) };
        words
    };
    let ins: Vec<Vec<u64>> = inputs.iter().map(|b| words(b)).collect();
    let sizes: Vec<usize> = program.outputs().iter().map(|s| s.len().unwrap() * s.dtype.size()).collect();
    let mut outs: Vec<Vec<u64>> = sizes.iter().map(|n| vec![0; n.div_ceil(8).max(1)]).collect();
    let from: Vec<*const u8> = ins.iter().map(|w| w.as_ptr().cast()).collect();
    let to: Vec<*mut u8> = outs.iter_mut().map(|w| w.as_mut_ptr().cast()).collect();
    // SAFETY: aligned buffers of the specs' sizes.
    unsafe { program.run(&from, &to)? };
    let bytes = |(w, n): (Vec<u64>, usize)| w.iter().flat_map(|w| w.to_ne_bytes()).take(n).collect();
    Ok((outs.into_iter().zip(sizes).map(bytes).collect(), program.on_host()))
}

#[test]
fn plans_agree_with_the_reference() {
    let mut wrong = vec![];
    for threads in 1..=3 {
        set_threads(threads);
        for mut case in cases() {
            // Programs flush subnormal numbers to zero.
            for d in case.sample.inputs.iter_mut().filter(|d| d.dtype.is_float()) {
                d.values.iter_mut().filter(|v| v.abs() < 1e-37).for_each(|v| *v = 0.0);
            }
            let check = || {
                let r = case.record()?;
                let (want, got) = (r.run(&case.bytes(), &r.outputs)?, planned(&r, &case.bytes())?);
                let got = decode(r.graph.spec(r.outputs[0]).dtype, &got[0]);
                Ok::<_, kerosene_ir::Error>(difference(&got, &want[0], 1e-6, 1e-36))
            };
            match check() {
                Ok(None) => {}
                Ok(Some(d)) => wrong.push(format!("{case} on {threads} threads: {d}")),
                Err(e) => wrong.push(format!("{case} on {threads} threads: {e}")),
            }
        }
    }
    report(wrong);
}

/// The kernel of one op on `threads` threads.
fn on_threads(case: &Case, threads: usize) -> Vec<u8> {
    let r = case.record().expect("a right case");
    let (op, ins) = r.last().expect("computed");
    let specs: Vec<Spec> = ins.iter().map(|&v| r.graph.spec(v).clone()).collect();
    let out = r.graph.spec(r.outputs[0]).clone();
    let inputs = r.run_bytes(&case.bytes(), &ins).expect("inputs");
    let refs: Vec<&Spec> = specs.iter().collect();
    let Lowered::Kernel(kernel) = lower(&*op).unwrap().lower(&refs, &[&out]).unwrap() else { return vec![] };
    let n = out.len().unwrap() * out.dtype.size();
    let (mut result, mut scratch) = (vec![0u64; n.div_ceil(8)], vec![0u64; kernel.scratch.div_ceil(8)]);
    let aligned: Vec<Vec<u64>> = inputs
        .iter()
        .map(|b| {
            b.chunks(8).map(|c| u64::from_ne_bytes(std::array::from_fn(|i| c.get(i).copied().unwrap_or(0)))).collect()
        })
        .collect();
    let from: Vec<*const u8> = aligned.iter().map(|w| w.as_ptr().cast()).collect();
    let pool = Pool::new(threads);
    let outputs = [result.as_mut_ptr().cast()];
    kernel.run(&Io {
        inputs: &from,
        outputs: &outputs,
        scratch: scratch.as_mut_ptr().cast(),
        pool: &pool,
        tail: None,
        passing: None,
    });
    result.iter().flat_map(|w| w.to_ne_bytes()).take(n).collect()
}

#[test]
fn large_results_do_not_depend_on_threads() {
    let seed = |s: Sample| s.with(DType::U32, &[2], [7.0, 8.0]);
    let labels = |n: usize| (0..n).map(|i| (i % 10) as f64).collect::<Vec<_>>();
    let large = [
        ("sum", Sample::new("").f32(&[300_001], 0.0, 1.0)),
        ("sum", Sample::new(r#"{"axis":0}"#).f32(&[5000, 33], 0.0, 1.0)),
        ("sum", Sample::new(r#"{"axis":1}"#).f32(&[300, 700], 0.0, 1.0)),
        ("mean", Sample::new(r#"{"axis":[0,2]}"#).f32(&[40, 60, 70], 0.0, 1.0)),
        ("max", Sample::new(r#"{"axis":[1]}"#).f32(&[4, 300, 700], -1.0, 1.0)),
        ("sum", Sample::new(r#"{"axis":[1]}"#).f32(&[3, 7, 2000], 0.0, 1.0)),
        ("sum", Sample::new(r#"{"axis":[0,1]}"#).f32(&[100, 50, 16], 0.0, 1.0)),
        ("sum", Sample::new(r#"{"axis":[0]}"#).f32(&[300, 1100], 0.0, 1.0)),
        ("mean", Sample::new(r#"{"axis":[0]}"#).f32(&[70, 1100], 0.0, 1.0)),
        ("max", Sample::new(r#"{"axis":[0]}"#).f32(&[100, 1], -1.0, 1.0)),
        ("transpose", Sample::new("").f32(&[300, 411], -1.0, 1.0)),
        ("pad", Sample::new(r#"{"pads":[[1,2],[3,4]]}"#).f32(&[300, 200], -1.0, 1.0)),
        ("softmax", Sample::new("").f32(&[500, 100], -1.0, 1.0)),
        ("log_softmax", Sample::new(r#"{"axis":0}"#).f32(&[100, 500], -1.0, 1.0)),
        (
            "attention",
            Sample::new(r#"{"scale":0.3}"#).f32(&[3, 130, 5, 8], -1.0, 1.0).f32(&[3, 90, 5, 8], -1.0, 1.0).f32(
                &[3, 90, 5, 6],
                -1.0,
                1.0,
            ),
        ),
        ("standardize", Sample::new(r#"{"epsilon":0.001}"#).f32(&[500, 100], -1.0, 1.0)),
        ("channel_moments", Sample::new("").f32(&[3000, 33], 0.0, 1.0)),
        ("channel_moments", Sample::new(r#"{"axis":1}"#).f32(&[40, 30, 70], 0.0, 1.0)),
        ("dropout", seed(Sample::new(r#"{"rate":0.5}"#).f32(&[100_003], -1.0, 1.0))),
        ("random_normal", seed(Sample::new(r#"{"shape":[100003]}"#))),
        (
            "sparse_softmax_cross_entropy",
            Sample::new("").with(DType::I32, &[5000], labels(5000)).f32(&[5000, 10], -3.0, 3.0),
        ),
        ("gather", Sample::new("").f32(&[10, 300], -1.0, 1.0).with(DType::I32, &[2000], labels(2000))),
        (
            "scatter_add",
            Sample::new(r#"{"size":10}"#).with(DType::I32, &[2000], labels(2000)).f32(&[2000, 30], 0.0, 1.0),
        ),
        ("conv", {
            let attrs = r#"{"strides":[2,1],"padding":"same","dilation":[1,1]}"#;
            Sample::new(attrs).f32(&[5, 40, 41, 7], -1.0, 1.0).f32(&[3, 3, 7, 70], -0.1, 0.1)
        }),
        ("conv_transpose", {
            let attrs = r#"{"strides":[2,1],"padding":[[0,1],[1,1]],"dilation":[1,1]}"#;
            Sample::new(attrs).f32(&[5, 20, 41, 30], -1.0, 1.0).f32(&[3, 3, 7, 30], -0.1, 0.1)
        }),
        ("conv_kernel_gradient", {
            let attrs = r#"{"kernel_size":[3,3],"strides":[1,1],"padding":[[1,1],[1,1]],"dilation":[1,1]}"#;
            Sample::new(attrs).f32(&[5, 40, 41, 7], -1.0, 1.0).f32(&[5, 40, 41, 30], -0.01, 0.01)
        }),
        ("max_pool", {
            let attrs = r#"{"pool_size":[3,2],"strides":[2,2],"padding":"same"}"#;
            Sample::new(attrs).f32(&[5, 60, 61, 20], -1.0, 1.0)
        }),
    ];
    for (name, sample) in large {
        let case = Case { def: lookup(name).unwrap(), sample, number: 0 };
        let r = case.record().unwrap();
        let dtype = r.graph.spec(r.outputs[0]).dtype;
        let one = on_threads(&case, 1);
        for threads in [1, 2, 3] {
            assert!(on_threads(&case, threads) == one, "{case} on {threads} threads");
        }
        // The same in float64, when it is not about random bits.
        if name != "random_normal" {
            let wide = Case { def: case.def, sample: case.sample.clone(), number: 0 }.wide();
            let w = wide.record().unwrap();
            let want = w.run(&wide.bytes(), &w.outputs).unwrap();
            assert_eq!(difference(&decode(dtype, &one), &want[0], 3e-6, 3e-6), None, "{case}");
        }
    }
    let product = |m, k, n| {
        let sample = Sample::new("").f32(&[m, k], -1.0, 1.0).f32(&[k, n], -1.0, 1.0);
        Case { def: lookup("matmul").unwrap(), sample, number: 0 }
    };
    for case in [product(300, 200, 250), product(128, 784, 64), product(1, 3000, 700)] {
        let two = decode(DType::F32, &on_threads(&case, 2));
        for threads in [1, 2, 3] {
            let bytes = on_threads(&case, threads);
            assert!(bytes == on_threads(&case, threads), "{case}: other bits the second time");
            assert_eq!(difference(&decode(DType::F32, &bytes), &two, 1e-5, 1e-4), None, "{case} on {threads} threads");
        }
    }
}

/// Every op with every dtype in place of its inputs', on the extremes of that dtype: a result or an error, no panic.
#[test]
fn no_data_makes_a_kernel_panic() {
    let extremes = [0.0, 1.0, -1.0, 2.0, 7.0, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, -3.0, 0.5, 1e10];
    let stored: Vec<DType> = DType::ALL.into_iter().filter(|d| !matches!(d, DType::F16 | DType::BF16)).collect();
    let mut wrong = vec![];
    for mut case in cases() {
        let original = case.sample.clone();
        for turn in 0..2 * stored.len() {
            case.sample = original.clone();
            for (i, d) in case.sample.inputs.iter_mut().enumerate() {
                if turn < stored.len() {
                    d.dtype = stored[turn];
                }
                let n = d.values.len();
                d.values = (0..n).map(|k| extremes[(k * 5 + i * 7 + turn) % extremes.len()]).collect();
            }
            let Ok(r) = case.record() else { continue };
            let run = std::panic::AssertUnwindSafe(|| r.run_bytes(&case.bytes(), &r.outputs));
            let result = std::panic::catch_unwind(run);
            if result.is_err() {
                wrong.push(format!("{case}: turn {turn}"));
            }
        }
    }
    report(wrong);
}

fn once(name: &str, attrs: &str, inputs: &[(DType, &[usize], &[f64])]) -> Vec<f64> {
    let mut graph = Graph::new();
    let values: Vec<Value> = inputs.iter().map(|(d, s, _)| graph.input(Spec::known(*d, s))).collect();
    let outputs = kerosene_ops::push(&mut graph, name, attrs, &values).unwrap();
    let bytes: Vec<_> = inputs.iter().map(|(d, _, v)| encode(*d, v)).collect();
    let r = Recorded { graph, inputs: values, outputs };
    r.run(&bytes, &r.outputs).unwrap().remove(0)
}

/// What numpy and Keras say where Rust would say something else.
#[test]
fn edge_values_are_those_of_numpy() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let two = |name: &str, d: DType, x: &[f64], y: &[f64]| once(name, "", &[(d, &[x.len()], x), (d, &[y.len()], y)]);
    let one = |name: &str, d: DType, x: &[f64]| once(name, "", &[(d, &[x.len()], x)]);
    let same =
        |got: Vec<f64>, want: &[f64]| assert_eq!(difference(&got, want, 1e-6, 0.0), None, "{got:?} is not {want:?}");
    for d in [DType::I32, DType::I64, DType::F32, DType::F64, DType::I8] {
        same(two("floor_divide", d, &[7.0, -7.0, 7.0, -7.0], &[2.0, 2.0, -2.0, -2.0]), &[3.0, -4.0, -4.0, 3.0]);
        same(two("mod", d, &[7.0, -7.0, 7.0, -7.0], &[3.0, 3.0, -3.0, -3.0]), &[1.0, 2.0, -2.0, -1.0]);
    }
    same(two("floor_divide", DType::I32, &[5.0, i32::MIN as f64], &[0.0, -1.0]), &[0.0, i32::MIN as f64]);
    same(two("mod", DType::F32, &[5.0, 5.0, -1.0], &[0.0, inf, inf]), &[nan, 5.0, inf]);
    same(two("floor_divide", DType::F32, &[1.0, -1.0, 0.0], &[0.0, 0.0, 0.0]), &[inf, -inf, nan]);
    same(two("divide", DType::I32, &[1.0, -3.0, 1.0], &[2.0, 2.0, 0.0]), &[0.5, -1.5, inf]);
    same(
        two("power", DType::I32, &[2.0, 2.0, -1.0, 0.0], &[31.0, -1.0, -3.0, 0.0]),
        &[i32::MIN as f64, 0.0, -1.0, 1.0],
    );
    same(
        two("power", DType::F32, &[0.0, -8.0, -2.0, nan, 2.0], &[0.0, 0.5, 3.0, 0.0, -1.0]),
        &[1.0, nan, -8.0, 1.0, 0.5],
    );
    same(two("maximum", DType::F32, &[nan, 1.0, 2.0], &[1.0, nan, 3.0]), &[nan, nan, 3.0]);
    same(two("add", DType::U8, &[200.0], &[100.0]), &[44.0]);
    same(one("max", DType::F32, &[1.0, nan, 2.0]), &[nan]);
    same(one("argmax", DType::F32, &[1.0, 3.0, 3.0]), &[1.0]);
    same(one("argmax", DType::F32, &[1.0, nan, 3.0, nan]), &[1.0]);
    same(one("round", DType::F32, &[0.5, 1.5, -0.5, -1.5]), &[0.0, 2.0, 0.0, -2.0]);
    same(one("sign", DType::F32, &[-2.0, 0.0, nan]), &[-1.0, 0.0, nan]);
    same(one("log", DType::F32, &[-1.0, 0.0, inf]), &[nan, -inf, inf]);
    same(one("mean", DType::I32, &[1.0, 2.0]), &[1.5]);
    same(one("sum", DType::U8, &[255.0, 255.0]), &[510.0]);
    same(one("sum", DType::Bool, &[1.0, 1.0, 1.0]), &[3.0]);
    same(one("logsumexp", DType::F32, &[-inf, -inf]), &[-inf]);
    same(one("logsumexp", DType::F32, &[inf, 1.0]), &[inf]);
    same(one("softmax", DType::F32, &[-inf, 0.0]), &[0.0, 1.0]);
    same(one("log_softmax", DType::F32, &[-inf, 0.0]), &[-inf, 0.0]);
    same(one("sigmoid", DType::F32, &[-inf, inf, -200.0, 200.0]), &[0.0, 1.0, 0.0, 1.0]);
    same(one("softplus", DType::F32, &[-inf, inf, 200.0]), &[0.0, inf, 200.0]);
}

/// A sum of many numbers is as good as numpy's.
#[test]
fn sums_do_not_drift() {
    let n = 1 << 20;
    let x = vec![0.1f64; n];
    for (attrs, shape) in [("", vec![n]), (r#"{"axis":0}"#, vec![n / 8, 8]), (r#"{"axis":1}"#, vec![8, n / 8])] {
        let got = once("sum", attrs, &[(DType::F32, &shape, &x)]);
        let want = 0.1f32 as f64 * (n / got.len()) as f64;
        assert!(got.iter().all(|v| ((v - want) / want).abs() < 4e-7), "{attrs}: {} is not {want}", got[0]);
    }
}

/// Moments and ranges of the random ops.
#[test]
fn random_numbers_have_their_distributions() {
    let n = 200_000.0;
    let make = |name: &str, attrs: &str| once(name, attrs, &[(DType::U32, &[2], &[5.0, 6.0])]);
    let moments = |v: &[f64]| {
        let mean = v.iter().sum::<f64>() / n;
        (mean, v.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
    };
    for dtype in ["float32", "float64"] {
        let with = |rest: &str| format!(r#"{{"shape":[200000],"dtype":"{dtype}"{rest}}}"#);
        let uniform = make("random_uniform", &with(r#","minval":-1,"maxval":3"#));
        assert!(uniform.iter().all(|x| (-1.0..3.0).contains(x)));
        let (mean, var) = moments(&uniform);
        assert!((mean - 1.0).abs() < 0.01 && (var - 16.0 / 12.0).abs() < 0.02, "{dtype} {mean} {var}");
        let (mean, var) = moments(&make("random_normal", &with(r#","mean":2,"stddev":3"#)));
        assert!((mean - 2.0).abs() < 0.03 && (var - 9.0).abs() < 0.15, "{dtype} {mean} {var}");
        let cut = make("truncated_normal", &with(""));
        assert!(cut.iter().all(|x| x.abs() <= 2.0));
        let (mean, var) = moments(&cut);
        assert!(mean.abs() < 0.01 && (var.sqrt() - 0.8796).abs() < 0.005, "{dtype} {mean} {var}");
    }
    let ints = make("random_int", r#"{"shape":[200000],"minval":-3,"maxval":4}"#);
    for v in -3..4 {
        let share = ints.iter().filter(|&&x| x == f64::from(v)).count() as f64 / n;
        assert!((share - 1.0 / 7.0).abs() < 0.004, "{v}: {share}");
    }
}
