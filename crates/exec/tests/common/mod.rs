//! Random graphs, and data for them.
#![allow(dead_code, missing_docs, reason = "each test file uses a part")]

use kerosene_exec::{Device, Program, Variable, reference};
use kerosene_ir::{DType, Graph, Literal, Spec, Value, VariableId};
use kerosene_ops::{GraphOps, push};
use std::{collections::HashMap, sync::Arc};

/// SplitMix64: all these tests need of randomness.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// In [-1, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    pub fn bytes(&mut self, spec: &Spec) -> Vec<u8> {
        (0..spec.len().unwrap())
            .flat_map(|_| {
                let x = self.unit();
                match spec.dtype {
                    DType::F32 => (x as f32).to_ne_bytes().to_vec(),
                    DType::F64 => x.to_ne_bytes().to_vec(),
                    DType::I32 => ((x * 100.0) as i32).to_ne_bytes().to_vec(),
                    DType::I64 => ((x * 100.0) as i64).to_ne_bytes().to_vec(),
                    DType::U32 => (((x + 1.0) * 2e9) as u32).to_ne_bytes().to_vec(),
                    _ => vec![(x > 0.0) as u8],
                }
            })
            .collect()
    }
}

/// Elements as numbers.
pub fn numbers(dtype: DType, bytes: &[u8]) -> Vec<f64> {
    bytes.chunks(dtype.size()).map(|b| Literal::new(dtype, &[], b).unwrap().as_scalar().unwrap()).collect()
}

pub fn close(dtype: DType, a: &[u8], b: &[u8]) -> Result<(), String> {
    assert_eq!(a.len(), b.len());
    for (i, (x, y)) in numbers(dtype, a).into_iter().zip(numbers(dtype, b)).enumerate() {
        let fine = (x - y).abs() <= 1e-4 * (1.0 + x.abs() + y.abs()) || (!x.is_finite() && !y.is_finite());
        if !fine {
            return Err(format!("element {i}: {x} where the reference says {y}"));
        }
    }
    Ok(())
}

/// A graph with its variables and what it computes.
pub struct Case {
    pub graph: Graph,
    pub outputs: Vec<Value>,
    pub variables: HashMap<VariableId, Arc<Variable>>,
}

const SHAPES: &[&[usize]] = &[
    &[],
    &[1],
    &[7],
    &[64],
    &[1, 7],
    &[5, 1],
    &[5, 7],
    &[64, 10],
    &[10],
    &[7, 5],
    &[3, 1, 7],
    &[3, 5, 7],
    &[0],
    &[5, 0],
    &[0, 7],
    &[40, 300],
    &[300],
    &[40, 1],
    &[2, 3, 1, 5],
    &[3, 4, 5],
];

/// A random graph; the same seed gives the same one.
pub fn random_graph(seed: u64) -> Case {
    let r = &mut Random(seed);
    let mut graph = Graph::new();
    let mut variables = HashMap::new();
    let mut values = vec![];
    let family = r.below(SHAPES.len());
    // Shapes that have something to do with each other, so that ops find partners.
    let shapes: Vec<Vec<usize>> =
        (0..4).map(|i| SHAPES[(family + i * (1 + r.below(3))) % SHAPES.len()].to_vec()).collect();
    let dtypes: &[DType] = &[DType::F32, DType::F32, DType::F32, DType::F64, DType::I32, DType::Bool];
    for _ in 0..2 + r.below(3) {
        let spec = Spec::known(r.pick(dtypes), &r.pick(&shapes));
        values.push(graph.input(spec));
    }
    for _ in 0..2 + r.below(4) {
        let spec = Spec::known(r.pick(dtypes), &r.pick(&shapes));
        let data = r.bytes(&spec);
        let variable = Variable::new(spec, Some(&data)).unwrap();
        values.push(graph.variable(variable.id(), variable.spec()));
        variables.insert(variable.id(), variable);
    }
    for _ in 0..r.below(3) {
        let spec = Spec::known(r.pick(dtypes), &r.pick(&shapes));
        let literal = Literal::new(spec.dtype, &spec.dims("").unwrap(), &r.bytes(&spec)).unwrap();
        values.push(graph.constant(literal));
    }
    let first = values.len();
    for _ in 0..4 + r.below(40) {
        if let Some(v) = random_op(&mut graph, r, &values) {
            // Sums of squares of sums grow beyond what can be compared.
            values.push(v);
        }
    }
    let mut outputs = vec![];
    for _ in 0..1 + r.below(4) {
        let from = if r.below(8) == 0 { 0 } else { first.min(values.len() - 1) };
        outputs.push(r.pick(&values[from..]));
    }
    let mut by_id: Vec<_> = variables.values().cloned().collect();
    by_id.sort_by_key(|v| v.id());
    for v in by_id {
        let fitting: Vec<Value> = values.iter().copied().filter(|&x| graph.spec(x) == v.spec()).collect();
        if r.below(3) > 0 {
            graph.assign(v.id(), v.spec(), r.pick(&fitting)).unwrap();
        }
    }
    Case { graph, outputs, variables }
}

fn random_op(graph: &mut Graph, r: &mut Random, values: &[Value]) -> Option<Value> {
    let x = r.pick(&values[values.len().saturating_sub(12)..]);
    let y = r.pick(values);
    let spec = graph.spec(x).clone();
    let dims = spec.dims("").unwrap();
    let result = match r.below(16) {
        0..=1 => push(graph, "add", "", &[x, y]).map(|v| v[0]),
        2 => push(graph, "subtract", "", &[x, y]).map(|v| v[0]),
        3 => push(graph, "multiply", "", &[x, y]).map(|v| v[0]),
        4 => push(graph, "maximum", "", &[x, y]).map(|v| v[0]),
        5 => push(graph, "tanh", "", &[x]).map(|v| v[0]),
        6 => push(graph, "negative", "", &[x]).map(|v| v[0]),
        7 => push(graph, "less", "", &[x, y]).map(|v| v[0]),
        8 => graph.cast(x, r.pick(&[DType::F32, DType::F64, DType::I32, DType::Bool, DType::F32])),
        9 if !dims.is_empty() => {
            let axis = r.below(dims.len());
            let keepdims = r.below(2) == 0;
            push(graph, "sum", &format!(r#"{{"axis":[{axis}],"keepdims":{keepdims}}}"#), &[x]).map(|v| v[0])
        }
        10 => {
            let flat: Vec<_> = dims.iter().rev().map(|&d| Some(d)).collect();
            graph.reshape(x, &flat)
        }
        11 => graph.matmul(x, y, r.below(2) == 0, r.below(2) == 0),
        // Statistics follow what computes them, and what reads their results comes after.
        13 if !dims.is_empty() => push(graph, "channel_moments", "", &[x]).map(|v| v[0]),
        14 if !dims.is_empty() => {
            let alike: Vec<Value> = values.iter().copied().filter(|&v| *graph.spec(v) == spec).collect();
            let pairs = Spec::known(spec.dtype, &[2, dims[dims.len() - 1]]);
            let moments = values.iter().rev().copied().find(|&v| *graph.spec(v) == pairs)?;
            push(graph, "channel_sums", "", &[x, r.pick(&alike), moments]).map(|v| v[0])
        }
        12 => {
            let z = r.pick(values);
            let c = graph.cast(z, DType::Bool).ok()?;
            push(graph, "where", "", &[c, x, y]).map(|v| v[0])
        }
        _ => {
            let like = graph.spec(y).shape.clone();
            graph.broadcast_to(x, &like)
        }
    };
    result.ok()
}

/// Runs a case as planned and as the reference, and compares outputs and variables.
pub fn check(case: &Case, seed: u64, device: &Device) -> Result<(), String> {
    let program = Program::compile(&case.graph, &case.outputs, &case.variables, device).map_err(|e| e.message)?;
    check_program(case, seed, &program)
}

/// The same for a program of the case.
pub fn check_program(case: &Case, seed: u64, program: &Program) -> Result<(), String> {
    let r = &mut Random(seed ^ 77);
    for _ in 0..2 {
        let inputs: Vec<Vec<u8>> = program.inputs().iter().map(|s| r.bytes(s)).collect();
        check_inputs(case, program, &inputs)?;
    }
    Ok(())
}

/// The same for these inputs.
pub fn check_inputs(case: &Case, program: &Program, inputs: &[Vec<u8>]) -> Result<(), String> {
    let Case { graph, outputs, variables } = case;
    let before: HashMap<VariableId, Vec<u8>> = variables.iter().map(|(&id, v)| (id, read(v))).collect();
    let slices: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let assigned: Vec<_> = graph.assigns().collect();
    let mut wanted = outputs.clone();
    wanted.extend(assigned.iter().map(|(_, v)| *v));
    let want = reference::evaluate(graph, &slices, &before, &wanted).map_err(|e| e.message)?;
    let got = run(program, inputs);
    for (i, (g, w)) in got.iter().zip(&want).enumerate() {
        close(program.outputs()[i].dtype, g, w).map_err(|e| format!("output {i}, {e}\n{}", program.print()))?;
    }
    for ((id, _), w) in assigned.iter().zip(&want[outputs.len()..]) {
        let v = &variables[id];
        close(v.spec().dtype, &read(v), w).map_err(|e| format!("{v:?}, {e}\n{}", program.print()))?;
    }
    for (id, v) in variables {
        if !assigned.iter().any(|(a, _)| a == id) && read(v) != before[id] {
            return Err(format!("{v:?} changed"));
        }
    }
    Ok(())
}

pub fn read(v: &Variable) -> Vec<u8> {
    let mut b = vec![0; v.spec().len().unwrap() * v.spec().dtype.size()];
    v.read(&mut b).unwrap();
    b
}

/// Runs a program on bytes.
pub fn run(program: &Program, inputs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let words: Vec<Vec<u64>> = inputs
        .iter()
        .map(|b| {
            let mut words = vec![0u64; b.len().div_ceil(8) + 1];
            // SAFETY: room for all bytes.
            unsafe { std::ptr::copy_nonoverlapping(b.as_ptr(), words.as_mut_ptr().cast(), b.len()) };
            words
        })
        .collect();
    let size = |s: &Spec| s.len().unwrap() * s.dtype.size();
    let mut outs: Vec<Vec<u64>> = program.outputs().iter().map(|s| vec![0u64; size(s).div_ceil(8) + 1]).collect();
    let ins: Vec<*const u8> = words.iter().map(|w| w.as_ptr().cast()).collect();
    let out: Vec<*mut u8> = outs.iter_mut().map(|w| w.as_mut_ptr().cast()).collect();
    // SAFETY: sized by the program's specs.
    unsafe { program.run(&ins, &out).unwrap() };
    let bytes = |(w, s): (&Vec<u64>, &Spec)| {
        // SAFETY: within the words.
        unsafe { std::slice::from_raw_parts(w.as_ptr().cast::<u8>(), size(s)) }.to_vec()
    };
    outs.iter().zip(program.outputs()).map(bytes).collect()
}
