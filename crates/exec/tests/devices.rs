//! Variables go between devices by themselves, whatever the order in which programs, readers and writers come.
#![allow(missing_docs, reason = "tests")]

mod common;

use common::{Random, read, run};
use kerosene_exec::{Device, Program, Variable};
use kerosene_ir::{DType, Graph, Literal, Result, Spec};
use kerosene_ops::GraphOps;
use std::{collections::HashMap, sync::Arc};

const DTYPES: [DType; 5] = [DType::F32, DType::F16, DType::I32, DType::U32, DType::I8];

/// v ← v + 1 for each variable; gives the old values.
fn counting(variables: &[Arc<Variable>], device: &Device) -> Result<Program> {
    let (mut g, mut outputs) = (Graph::new(), vec![]);
    for v in variables {
        let old = g.read(v.id(), v.spec());
        let one = g.constant(Literal::scalar(v.spec().dtype, 1.0)?);
        let new = g.add(old, one)?;
        g.assign(v.id(), v.spec(), new)?;
        outputs.push(old);
    }
    Program::compile(&g, &outputs, &variables.iter().map(|v| (v.id(), v.clone())).collect::<HashMap<_, _>>(), device)
}

#[test]
fn variables_go_between_devices() -> Result<()> {
    let make = |&dtype: &DType| Variable::new(Spec::known(dtype, &[3]), None);
    let variables = DTYPES.iter().map(make).collect::<Result<Vec<_>>>()?;
    let bytes = |dtype: DType, n: u32| Literal::scalar(dtype, f64::from(n)).map(|l| l.bytes().repeat(3));
    let programs = [Device::Cpu, Device::named("candle:cpu")?].map(|d| counting(&variables, &d));
    let [here, there] = programs;
    let (here, there) = (here?, there?);
    let (mut r, mut count) = (Random(5), 0u32);
    for _ in 0..200 {
        match r.below(4) {
            at @ (0 | 1) => {
                let old = run(if at == 0 { &here } else { &there }, &[]);
                for (old, dtype) in old.iter().zip(DTYPES) {
                    assert_eq!(*old, bytes(dtype, count)?, "{dtype} after {count}");
                }
                count += 1;
            }
            2 => {
                for (v, dtype) in variables.iter().zip(DTYPES) {
                    assert_eq!(read(v), bytes(dtype, count)?, "{dtype} after {count}");
                }
            }
            _ => {
                count = r.below(20) as u32;
                for (v, dtype) in variables.iter().zip(DTYPES) {
                    v.write(&bytes(dtype, count)?)?;
                }
            }
        }
    }
    Ok(())
}
