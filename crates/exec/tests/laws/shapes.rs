//! What an op says of its result is what it is.

use crate::harness::{cases, report};
use kerosene_ir::{Dim, Spec, verify};
use kerosene_ops::{describe, infer, registry};

#[test]
fn every_op_has_samples_and_a_name_of_its_own() {
    let mut names: Vec<_> = registry().map(|d| d.name).collect();
    report(registry().filter(|d| (d.samples)().is_empty()).map(|d| format!("{} has no samples", d.name)).collect());
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a wire name is used twice");
}

#[test]
fn inferred_specs_are_those_of_the_results() {
    let mut wrong = vec![];
    for case in cases() {
        let check = || {
            let recorded = case.record()?;
            verify(&recorded.graph)?;
            let results = recorded.run_bytes(&case.bytes(), &recorded.outputs)?;
            let specs: Vec<Spec> = recorded.outputs.iter().map(|&v| recorded.graph.spec(v).clone()).collect();
            let fits = specs.iter().zip(&results).all(|(s, b)| s.len().map(|n| n * s.dtype.size()) == Some(b.len()));
            let inferred = infer(case.def.name, &case.sample.attrs, &case.specs())?;
            Ok::<bool, kerosene_ir::Error>(fits && inferred == specs)
        };
        match check() {
            Ok(true) => {}
            Ok(false) => wrong.push(format!("{case}: the result is not what was inferred")),
            Err(e) => wrong.push(format!("{case}: {e}")),
        }
    }
    report(wrong);
}

#[test]
fn unknown_dimensions_give_shapes_that_fit() {
    let mut wrong = vec![];
    for case in cases() {
        let specs = case.specs();
        let known = infer(case.def.name, &case.sample.attrs, &specs).expect("the sample is right");
        // Each dimension unknown alone, then the first of every input (the batch), then all.
        let places: Vec<(usize, usize)> =
            specs.iter().enumerate().flat_map(|(i, s)| (0..s.rank()).map(move |d| (i, d))).collect();
        let batch: Vec<_> = places.iter().copied().filter(|p| p.1 == 0).collect();
        let random = specs.iter().any(|s| s.dtype == kerosene_ir::DType::U32);
        for hidden in places.iter().map(|&p| vec![p]).chain([batch, places.clone()]) {
            let mut specs = specs.clone();
            for (i, d) in hidden.iter().copied().filter(|&(i, _)| !(random && specs_are_seed(&case.specs()[i]))) {
                specs[i].shape[d] = None;
            }
            match infer(case.def.name, &case.sample.attrs, &specs) {
                Ok(open) if compatible(&open, &known) || declines(case.def.name) => {}
                Ok(open) => wrong.push(format!("{case}: {hidden:?} unknown gives {open:?}, known {known:?}")),
                Err(_) if declines(case.def.name) => {}
                Err(e) => wrong.push(format!("{case}: {hidden:?} unknown: {e}")),
            }
        }
    }
    report(wrong);
}

fn specs_are_seed(s: &Spec) -> bool {
    s.dtype == kerosene_ir::DType::U32
}

/// Ops whose rank depends on a length being 1.
fn declines(name: &str) -> bool {
    name == "squeeze"
}

fn compatible(open: &[Spec], known: &[Spec]) -> bool {
    let dim = |(a, b): (&Dim, &Dim)| a.is_none() || a == b;
    open.len() == known.len()
        && open
            .iter()
            .zip(known)
            .all(|(a, b)| a.dtype == b.dtype && a.rank() == b.rank() && a.shape.iter().zip(&b.shape).all(dim))
}

#[test]
fn attributes_survive_the_wire() {
    let mut wrong = vec![];
    for case in cases() {
        let first = (case.def.make)(&case.sample.attrs).expect("the sample is right");
        match (case.def.make)(&first.attrs()) {
            Ok(again) if again.attrs() == first.attrs() => {}
            Ok(again) => wrong.push(format!("{case}: {} became {}", first.attrs(), again.attrs())),
            Err(e) => wrong.push(format!("{case}: {e}")),
        }
        let named = case.def.params.iter().map(|p| p.name);
        let value: serde_json::Value = serde_json::from_str(&first.attrs()).expect("attributes are JSON");
        let fields: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
        if let Some(p) = named.clone().find(|p| !fields.iter().any(|f| f == p)) {
            wrong.push(format!("{case}: parameter {p} is no attribute"));
        }
        if let Some(f) = fields.iter().find(|f| !named.clone().any(|p| p == *f)) {
            wrong.push(format!("{case}: attribute {f} has no parameter"));
        }
        if (case.def.make)(r#"{"no_such_attribute":1}"#).is_ok() {
            wrong.push(format!("{case}: takes any attribute"));
        }
    }
    report(wrong);
}

#[test]
fn the_description_is_complete() {
    let all: serde_json::Value = serde_json::from_str(&describe()).expect("the description is JSON");
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), registry().count());
    for d in all {
        assert!(d["doc"].as_str().is_some_and(|s| s.len() > 5), "{d}");
    }
}

#[test]
fn too_large_shapes_are_errors() {
    let big = usize::MAX / 2;
    let x = Spec::known(kerosene_ir::DType::F32, &[big, 3]);
    for (name, attrs) in [
        ("iota", format!(r#"{{"shape":[{big},3]}}"#)),
        ("pad", r#"{"pads":[[18446744073709551615,1],[0,0]]}"#.to_owned()),
        ("concatenate", r#"{"axis":0}"#.to_owned()),
    ] {
        let inputs = if name == "iota" { vec![] } else { vec![x.clone(), x.clone(), x.clone()] };
        let inputs = if name == "pad" { &inputs[..1] } else { &inputs };
        assert!(infer(name, &attrs, inputs).is_err(), "{name}");
    }
}
