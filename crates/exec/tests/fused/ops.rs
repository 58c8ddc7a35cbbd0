//! Every op with an expression, on its samples, in each float that it takes.

use crate::{
    Task, common,
    harness::{Case, cases, decode, difference},
    program,
};
use kerosene_exec::{
    Device, Program,
    fused::{Dialect, Fusion},
};
use kerosene_ir::{DType, Op, Spec};
use kerosene_ops::lower;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The names of the ops in a program's groups.
pub fn fused(program: &Program) -> BTreeSet<String> {
    let text = program.print();
    let groups = text.lines().filter_map(|l| l.split(" -> ").next()).filter(|l| !l.contains('('));
    groups.flat_map(|l| l.split(' ').map(str::to_owned)).collect()
}

/// The op that a case records last, where it has an expression.
fn with_expression(case: &Case) -> Option<&'static str> {
    let r = case.record().ok()?;
    let (op, inputs) = r.last()?;
    let specs: Vec<&Spec> = inputs.iter().map(|&v| r.graph.spec(v)).collect();
    let out = r.graph.spec(r.outputs[0]);
    let counts = specs.iter().chain([&out]).all(|s| s.dtype.is_int());
    let known = specs.iter().chain([&out]).all(|s| !matches!(s.dtype, DType::U16 | DType::U64 | DType::I8));
    (!counts && known).then(|| lower(&*op).ok()?.expression(&specs, out).map(|_| op.name()))?
}

/// The case with its floats of 32 bits in another dtype.
fn narrow(mut case: Case, to: DType) -> Case {
    for d in case.sample.inputs.iter_mut().filter(|d| d.dtype == DType::F32) {
        d.dtype = to;
        // Programs on the CPU take the smallest float32 for zero.
        d.values.iter_mut().for_each(|v| *v = if v.abs() < 1e-37 { 0.0 } else { *v });
    }
    case
}

pub fn tasks(dialect: Dialect, fusion: &Fusion) -> Vec<Task> {
    let mut tasks = vec![];
    let (mut wanted, mut found) = (BTreeSet::new(), BTreeSet::new());
    for float in [DType::F32, DType::F64, DType::F16, DType::BF16] {
        for case in cases() {
            let case = match float {
                DType::F32 => case,
                DType::F64 => case.wide(),
                half => narrow(case, half),
            };
            if float == DType::F32 {
                wanted.extend(with_expression(&case));
            }
            // Others may make further kernels when they first run.
            let Ok(r) = case.record() else { continue };
            let simple = |op: &Arc<dyn Op>| op.traits().elementwise || op.traits().placed || op.traits().alias;
            if !r.graph.nodes().all(|(_, node)| node.op().is_none_or(simple)) {
                continue;
            }
            let placed = r.last().is_some_and(|(op, _)| op.traits().placed);
            let program = program(&r.graph, &r.outputs, &HashMap::new(), fusion).expect("a right case");
            let names = fused(&program);
            if names.is_empty() {
                continue;
            }
            found.extend(names);
            let name = format!("{case} in {float}");
            let check = move |program: &Program| {
                let got = common::run(program, &case.bytes());
                // The reference does not compute in 16 bits.
                let half = float.is_half()
                    || r.graph.nodes().any(|(_, n)| n.outputs().any(|v| r.graph.spec(v).dtype.is_half()));
                let want: Vec<Vec<u8>> = if half {
                    let planned = Program::compile(&r.graph, &r.outputs, &HashMap::new(), &Device::Cpu);
                    common::run(&planned.map_err(|e| e.message)?, &case.bytes())
                } else {
                    r.run_bytes(&case.bytes(), &r.outputs).map_err(|e| e.message)?
                };
                for ((got, want), &v) in got.iter().zip(&want).zip(&r.outputs) {
                    let dtype = r.graph.spec(v).dtype;
                    // Sums of nearly opposite numbers lose digits; the smallest float32 are zero on the CPU.
                    let (relative, absolute) = match dtype {
                        // Random numbers are the same everywhere.
                        _ if placed => (0.0, 0.0),
                        DType::F64 => (1e-12, 1e-14),
                        DType::F16 => (2f64.powi(-9), 1e-37),
                        DType::BF16 => (2f64.powi(-6), 1e-36),
                        _ => (3e-6, 3e-7),
                    };
                    let (got, want) = (decode(dtype, got), decode(dtype, want));
                    difference(&got, &want, relative, absolute).map_or(Ok(()), Err)?;
                }
                Ok(())
            };
            tasks.push(Task { name, program, check: Box::new(check) });
        }
    }
    let missing: Vec<_> = wanted.iter().filter(|&&name| !found.contains(name)).copied().collect();
    let lacks: &[&str] = match dialect {
        Dialect::Cuda => &[],
        Dialect::Metal => &["cbrt", "erfc", "floor_divide", "fmod", "hypot", "mod", "nextafter"],
    };
    assert_eq!(missing, lacks, "ops whose expression is in no group");
    assert!(wanted.len() > 70, "{} ops have an expression", wanted.len());
    tasks
}
