//! Elementwise groups as kernels of a GPU: what is generated for CUDA and for Metal, compiled for this machine, computes what the
//! reference does.
#![cfg(unix)]
#![allow(missing_docs, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod compiled;
mod groups;
#[path = "../laws/harness.rs"]
#[allow(dead_code, reason = "each test uses a part")]
mod harness;
mod ops;

use compiled::Compiled;
use kerosene_exec::{
    Device, Program,
    fused::{Dialect, Fusion},
};
use kerosene_ir::{Graph, Result, Value, VariableId};
use std::{collections::HashMap, sync::Arc};

/// Says what is wrong.
pub type Check = Box<dyn Fn(&Program) -> std::result::Result<(), String>>;

/// A program with groups, and what is to be right about it.
pub struct Task {
    pub name: String,
    pub program: Program,
    pub check: Check,
}

/// A program on candle's CPU whose elementwise ops run in generated kernels.
pub fn program(
    graph: &Graph,
    outputs: &[Value],
    variables: &HashMap<VariableId, Arc<kerosene_exec::Variable>>,
    fusion: &Fusion,
) -> Result<Program> {
    let device = Device::named("candle:cpu")?;
    Program::compile_with(graph, outputs, variables, &device, fusion)
}

fn kernels_compute_what_the_reference_does(dialect: Dialect) {
    let compiled = Compiled::new(dialect);
    let fusion: Fusion = Some(compiled.clone());
    // All are prepared before one runs, so that there is one library.
    let mut tasks = ops::tasks(dialect, &fusion);
    tasks.extend(groups::tasks(dialect, &fusion));
    tasks.extend(groups::random(&fusion));
    let wrong = tasks.iter().filter_map(|t| (t.check)(&t.program).err().map(|e| format!("{}: {e}", t.name)));
    harness::report(wrong.collect());
    let (kernels, libraries, launched) = compiled.counts();
    assert!(kernels > 200 && launched > kernels, "{kernels} kernels were launched {launched} times");
    assert_eq!(libraries, 1, "kernels that were not known before the first ran");
}

#[test]
fn cuda() {
    kernels_compute_what_the_reference_does(Dialect::Cuda);
}

#[test]
fn metal() {
    kernels_compute_what_the_reference_does(Dialect::Metal);
}
