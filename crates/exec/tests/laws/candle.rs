//! Kernels = candle's, for every sample that candle means the same by.

use crate::harness::{Case, cases, decode, difference, report};
use candle_core::{DType as C, Device, Tensor};
use kerosene_ir::DType;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// An operand as a candle tensor; `None` for dtypes candle does not have.
fn tensor(dtype: DType, shape: &[usize], values: &[f64]) -> Option<Tensor> {
    let to = match dtype {
        DType::F32 => C::F32,
        DType::F64 => C::F64,
        DType::I64 => C::I64,
        DType::I32 => C::I32,
        DType::U32 => C::U32,
        DType::U8 | DType::Bool => C::U8,
        _ => return None,
    };
    // Through the dtype itself, so that both sides see the same rounding.
    let rounded = decode(dtype, &crate::harness::encode(dtype, values));
    Tensor::from_vec(rounded, shape, &Device::Cpu).and_then(|t| t.to_dtype(to)).ok()
}

/// What candle computes; `None` where it has no such op.
fn by_candle(case: &Case) -> Option<Result<Vec<f64>, String>> {
    let recorded = case.record().ok()?;
    let (op, inputs) = recorded.last()?;
    let place: Vec<usize> =
        inputs.iter().map(|v| recorded.inputs.iter().position(|i| i == v)).collect::<Option<Vec<_>>>()?;
    let operands: Vec<Tensor> = place
        .iter()
        .map(|&i| tensor(case.data()[i].dtype, &case.data()[i].shape, &case.data()[i].values))
        .collect::<Option<Vec<_>>>()?;
    let lowered = kerosene_ops::lower(&*op).ok()?;
    // candle's integers do not wrap around: in a debug build it panics where ours have a meaning.
    let found = match catch_unwind(AssertUnwindSafe(|| lowered.candle(&operands))).ok()? {
        Ok(found) => found?,
        Err(e) => return Some(Err(format!("candle failed: {e}"))),
    };
    let spec = recorded.graph.spec(recorded.outputs[0]);
    let want = spec.dims("sample").ok()?.to_vec();
    if found.dims() != want {
        return Some(Err(format!("candle's shape is {:?} instead of {want:?}", found.dims())));
    }
    let truth = |v: f64| if spec.dtype == DType::Bool { f64::from(u8::from(v != 0.0)) } else { v };
    let values = found.to_dtype(C::F64).and_then(|t| t.flatten_all()?.to_vec1::<f64>()).map_err(|e| e.to_string());
    Some(values.map(|values| values.into_iter().map(truth).collect()))
}

#[test]
fn kernels_are_candles() {
    let (mut wrong, mut compared, mut names) = (vec![], 0, BTreeSet::new());
    for case in cases().filter(|case| case.sample.candle) {
        let Some(found) = by_candle(&case) else { continue };
        let recorded = case.record().expect("samples are valid");
        let ours = recorded.run(&case.bytes(), &recorded.outputs[..1]).expect("samples run");
        compared += 1;
        names.insert(case.def.name);
        match found {
            Err(e) => wrong.push(format!("{case}: {e}")),
            Ok(candles) => {
                if let Some(what) = difference(&ours[0], &candles, 2e-5, 2e-6) {
                    wrong.push(format!("{case}: {what}"));
                }
            }
        }
    }
    report(wrong);
    assert!(compared > 150, "only {compared} samples of {} ops were compared: {names:?}", names.len());
    println!("{compared} samples of {} ops", names.len());
}
