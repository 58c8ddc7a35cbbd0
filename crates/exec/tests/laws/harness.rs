//! Samples of the registry as graphs and bytes.

use kerosene_exec::{Device, reference};
use kerosene_ir::{DType, Graph, Literal, Op, Result, Spec, Value};
use kerosene_ops::{Data, Def, Sample, push, registry};
use std::{collections::HashMap, sync::Arc};

/// The device with candle's tensors that is tried: the CPU, unless the environment names another.
pub fn candle() -> Device {
    let name = std::env::var("KEROSENE_DEVICE").ok().filter(|name| name != "cpu");
    Device::named(name.as_deref().unwrap_or("candle:cpu")).expect("the device is here")
}

/// One sample of one op.
pub struct Case {
    pub def: &'static Def,
    pub sample: Sample,
    pub number: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inputs: Vec<_> = self.specs().iter().map(Spec::to_string).collect();
        write!(f, "{}#{} {}({})", self.def.name, self.number, self.sample.attrs, inputs.join(", "))
    }
}

/// A sample recorded in a graph.
pub struct Recorded {
    pub graph: Graph,
    pub inputs: Vec<Value>,
    pub outputs: Vec<Value>,
}

pub fn cases() -> impl Iterator<Item = Case> {
    registry().flat_map(|def| {
        (def.samples)().into_iter().enumerate().map(move |(number, sample)| Case { def, sample, number })
    })
}

impl Case {
    pub fn specs(&self) -> Vec<Spec> {
        self.sample.inputs.iter().map(|d| Spec::known(d.dtype, &d.shape)).collect()
    }

    pub fn record(&self) -> Result<Recorded> {
        self.record_with(&self.specs())
    }

    pub fn record_with(&self, specs: &[Spec]) -> Result<Recorded> {
        let mut graph = Graph::new();
        let inputs: Vec<Value> = specs.iter().map(|s| graph.input(s.clone())).collect();
        let outputs = push(&mut graph, self.def.name, &self.sample.attrs, &inputs)?;
        Ok(Recorded { graph, inputs, outputs })
    }

    pub fn bytes(&self) -> Vec<Vec<u8>> {
        self.sample.inputs.iter().map(|d| encode(d.dtype, &d.values)).collect()
    }

    /// The same with its floats in float64.
    pub fn wide(mut self) -> Case {
        for d in self.sample.inputs.iter_mut().filter(|d| d.dtype == DType::F32) {
            d.dtype = DType::F64;
            d.values.iter_mut().for_each(|v| *v = f64::from(*v as f32));
        }
        self
    }

    pub fn data(&self) -> &[Data] {
        &self.sample.inputs
    }
}

impl Recorded {
    pub fn run(&self, inputs: &[Vec<u8>], wanted: &[Value]) -> Result<Vec<Vec<f64>>> {
        let bytes = self.run_bytes(inputs, wanted)?;
        Ok(wanted.iter().zip(bytes).map(|(&v, b)| decode(self.graph.spec(v).dtype, &b)).collect())
    }

    pub fn run_bytes(&self, inputs: &[Vec<u8>], wanted: &[Value]) -> Result<Vec<Vec<u8>>> {
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        reference::evaluate(&self.graph, &inputs, &HashMap::new(), wanted)
    }

    /// The op that computes the output, and its inputs, when the output is computed.
    pub fn last(&self) -> Option<(Arc<dyn Op>, Vec<Value>)> {
        let node = self.graph.node(self.graph.producer(self.outputs[0]));
        node.op().map(|op| (op.clone(), node.inputs.to_vec()))
    }
}

pub fn encode(dtype: DType, values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|&v| Literal::scalar(dtype, v).expect("a stored dtype").bytes().to_vec()).collect()
}

pub fn decode(dtype: DType, bytes: &[u8]) -> Vec<f64> {
    let one = |b: &[u8]| Literal::new(dtype, &[], b).ok().and_then(|l| l.as_scalar()).expect("a stored dtype");
    bytes.chunks(dtype.size()).map(one).collect()
}

/// The first place where two results differ by more than `relative` (and `absolute`), NaN being equal to NaN.
pub fn difference(got: &[f64], want: &[f64], relative: f64, absolute: f64) -> Option<String> {
    if got.len() != want.len() {
        return Some(format!("{} elements instead of {}", got.len(), want.len()));
    }
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= absolute + relative * b.abs();
    let i = (0..got.len()).find(|&i| !same(got[i], want[i]))?;
    Some(format!("element {i} is {:e} instead of {:e}", got[i], want[i]))
}

/// Fails with all that went wrong.
pub fn report(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
