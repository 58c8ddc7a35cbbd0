//! What runs in a program runs on operands that are on the device already.

use super::{Tensor, listed::Piece};
use candle_core::Device;
use kerosene_ir::{DType, Graph, Literal, Result, Spec, Value};
use kerosene_kernels::Pool;
use kerosene_ops::{Sample, push, registry};

fn numbers(literal: &Literal) -> Vec<f64> {
    let dtype = literal.spec().dtype;
    let one = |b: &[u8]| Literal::new(dtype, &[], b).ok().and_then(|l| l.as_scalar()).unwrap_or(f64::NAN);
    literal.bytes().chunks(dtype.size()).map(one).collect()
}

fn operands(sample: &Sample) -> Result<Vec<Literal>> {
    let one = |dtype: DType, v: f64| Literal::scalar(dtype, v).map(|l| l.bytes().to_vec());
    let all = sample.inputs.iter().map(|d| {
        let bytes = d.values.iter().map(|&v| one(d.dtype, v)).collect::<Result<Vec<_>>>()?.concat();
        Literal::new(d.dtype, &d.shape, &bytes)
    });
    all.collect()
}

/// The results from operands on the host, and from operands on the device.
fn both(name: &str, sample: &Sample) -> Result<[Vec<Literal>; 2]> {
    let (mut graph, pool) = (Graph::new(), Pool::new(1));
    let inputs: Vec<Value> = sample.inputs.iter().map(|d| graph.input(Spec::known(d.dtype, &d.shape))).collect();
    let outputs = push(&mut graph, name, &sample.attrs, &inputs)?;
    let run = |there: bool| {
        let place = |l: Literal| {
            let dims = l.spec().dims("A sample")?;
            let sent = Tensor::sent(l.spec().dtype, &dims, l.bytes(), &Device::Cpu)?.filter(|_| there);
            Ok(sent.unwrap_or_else(|| Tensor::from(l)))
        };
        let inputs = operands(sample)?.into_iter().map(place).collect::<Result<Vec<_>>>()?;
        let piece = Piece::new(&graph, &outputs, &None)?;
        let twice = piece.run(&pool, &Device::Cpu, &inputs, &[])?;
        let again = piece.run(&pool, &Device::Cpu, &inputs, &[])?;
        assert_eq!(twice.len(), again.len());
        again.iter().map(Tensor::fetched).collect::<Result<Vec<_>>>()
    };
    Ok([run(false)?, run(true)?])
}

#[test]
fn operands_may_be_on_the_device() {
    let mut wrong = vec![];
    for def in registry() {
        for sample in (def.samples)() {
            match both(def.name, &sample) {
                Ok([here, there]) => {
                    for (a, b) in here.iter().zip(&there) {
                        let near = |(a, b): (f64, f64)| {
                            a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 2e-6 + 2e-5 * b.abs()
                        };
                        if a.spec() != b.spec() || !numbers(a).into_iter().zip(numbers(b)).all(near) {
                            wrong.push(format!("{} {}: {:?} {:?}", def.name, sample.attrs, numbers(a), numbers(b)));
                        }
                    }
                }
                Err(e) => wrong.push(format!("{} {}: {e}", def.name, sample.attrs)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
