//! The training steps of the benchmark's workloads, written as graphs: `cargo run --release -p kerosene-exec --example steps`
//! prints the time of a step, `… -- profile` also the plan and the time of each of its steps.

use kerosene_exec::{Device, Epoch, Kept, Program, Variable};
use kerosene_ir::{DType, Graph, Literal, Result, Spec, Value, VariableId};
use kerosene_ops::{GraphOps, gradients, push};
use std::{collections::HashMap, sync::Arc, sync::atomic::AtomicBool, time::Instant};

/// A graph in the making with its variables.
#[derive(Default)]
struct Model {
    graph: Graph,
    variables: HashMap<VariableId, Arc<Variable>>,
    weights: Vec<Arc<Variable>>,
}

impl Model {
    fn variable(&mut self, spec: Spec, value: impl Fn(usize) -> f32) -> Arc<Variable> {
        let n = spec.len().unwrap_or(0);
        let bytes: Vec<u8> = match spec.dtype {
            DType::F32 => (0..n).flat_map(|i| value(i).to_ne_bytes()).collect(),
            _ => (0..n).flat_map(|i| (value(i) as i32).to_ne_bytes()).collect(),
        };
        let v = Variable::new(spec, Some(&bytes)).expect("memory");
        self.variables.insert(v.id(), v.clone());
        v
    }

    fn read(&mut self, v: &Variable) -> Value {
        self.graph.read(v.id(), v.spec())
    }

    fn assign(&mut self, v: &Variable, value: Value) -> Result<()> {
        self.graph.assign(v.id(), v.spec(), value)
    }

    fn op(&mut self, name: &str, attrs: &str, inputs: &[Value]) -> Result<Value> {
        Ok(push(&mut self.graph, name, attrs, inputs)?[0])
    }

    fn number(&mut self, value: f64) -> Result<Value> {
        Ok(self.graph.constant(Literal::scalar(DType::F32, value)?))
    }

    fn dense(&mut self, x: Value, from: usize, to: usize) -> Result<Value> {
        let spread = (6.0 / (from + to) as f32).sqrt();
        let random = move |i: usize| ((i as f32 * 0.618_034).fract() * 2.0 - 1.0) * spread;
        let w = self.variable(Spec::known(DType::F32, &[from, to]), random);
        let b = self.variable(Spec::known(DType::F32, &[to]), |_| 0.0);
        let (wv, bv) = (self.read(&w), self.read(&b));
        self.weights.extend([w, b]);
        let y = self.graph.matmul(x, wv, false, false)?;
        self.graph.add(y, bv)
    }

    fn dropout(&mut self, x: Value, rate: f64) -> Result<Value> {
        let state = self.variable(Spec::known(DType::U32, &[2]), |i| i as f32);
        let seed = self.read(&state);
        let step = self.graph.constant(Literal::new(DType::U32, &[2], &[0, 0, 0, 0, 1, 0, 0, 0])?);
        let next = self.graph.add(seed, step)?;
        self.assign(&state, next)?;
        self.op("dropout", &format!(r#"{{"rate":{rate}}}"#), &[x, seed])
    }

    /// A running mean of `values`: two variables and their quotient.
    fn mean_metric(&mut self, values: Value, n: usize) -> Result<Value> {
        let total = self.variable(Spec::known(DType::F32, &[]), |_| 0.0);
        let count = self.variable(Spec::known(DType::F32, &[]), |_| 0.0);
        let sum = self.op("sum", "{}", &[values])?;
        let (t, c, n) = (self.read(&total), self.read(&count), self.number(n as f64)?);
        let (t, c) = (self.graph.add(t, sum)?, self.graph.add(c, n)?);
        self.assign(&total, t)?;
        self.assign(&count, c)?;
        self.graph.div(t, c)
    }

    fn gradients(&mut self, loss: Value) -> Result<Vec<Value>> {
        let weights = self.weights.clone();
        let wrt: Vec<Value> = weights.iter().map(|w| self.read(w)).collect();
        Ok(gradients(&mut self.graph, &[loss], &[None], &wrt)?.into_iter().flatten().collect())
    }

    fn rmsprop(&mut self, loss: Value) -> Result<()> {
        let rate = self.variable(Spec::known(DType::F32, &[]), |_| 1e-3);
        let grads = self.gradients(loss)?;
        for (w, g) in self.weights.clone().iter().zip(grads) {
            let velocity = self.variable(w.spec().clone(), |_| 0.0);
            let (v, x, lr) = (self.read(&velocity), self.read(w), self.read(&rate));
            let g2 = self.op("square", "{}", &[g])?;
            let (a, b) = (self.graph.scale(v, 0.9)?, self.graph.scale(g2, 0.1)?);
            let v = self.graph.add(a, b)?;
            self.assign(&velocity, v)?;
            let step = self.graph.mul(g, lr)?;
            let spread = self.graph.shift(v, 1e-7)?;
            let spread = self.op("sqrt", "{}", &[spread])?;
            let step = self.graph.div(step, spread)?;
            let x = self.graph.sub(x, step)?;
            self.assign(w, x)?;
        }
        self.count_steps()
    }

    fn adam(&mut self, loss: Value) -> Result<()> {
        let rate = self.variable(Spec::known(DType::F32, &[]), |_| 1e-3);
        let grads = self.gradients(loss)?;
        let iterations = self.variable(Spec::known(DType::I32, &[]), |_| 0.0);
        let one = self.graph.constant(Literal::scalar(DType::I32, 1.0)?);
        let t = self.read(&iterations);
        let t = self.graph.add(t, one)?;
        self.assign(&iterations, t)?;
        let t = self.graph.cast(t, DType::F32)?;
        let (lr, b1, b2, one) = (self.read(&rate), self.number(0.9)?, self.number(0.999)?, self.number(1.0)?);
        let (p1, p2) = (self.op("power", "{}", &[b1, t])?, self.op("power", "{}", &[b2, t])?);
        let (q1, q2) = (self.graph.sub(one, p1)?, self.graph.sub(one, p2)?);
        let q2 = self.op("sqrt", "{}", &[q2])?;
        let alpha = self.graph.mul(lr, q2)?;
        let alpha = self.graph.div(alpha, q1)?;
        for (w, g) in self.weights.clone().iter().zip(grads) {
            let momentum = self.variable(w.spec().clone(), |_| 0.0);
            let velocity = self.variable(w.spec().clone(), |_| 0.0);
            let (m, v, x) = (self.read(&momentum), self.read(&velocity), self.read(w));
            let d = self.graph.sub(g, m)?;
            let d = self.graph.scale(d, 1.0 - 0.9)?;
            let m = self.graph.add(m, d)?;
            let g2 = self.op("square", "{}", &[g])?;
            let d = self.graph.sub(g2, v)?;
            let d = self.graph.scale(d, 1.0 - 0.999)?;
            let v = self.graph.add(v, d)?;
            self.assign(&momentum, m)?;
            self.assign(&velocity, v)?;
            let step = self.graph.mul(m, alpha)?;
            let root = self.op("sqrt", "{}", &[v])?;
            let root = self.graph.shift(root, 1e-7)?;
            let step = self.graph.div(step, root)?;
            let x = self.graph.sub(x, step)?;
            self.assign(w, x)?;
        }
        Ok(())
    }

    fn count_steps(&mut self) -> Result<()> {
        let iterations = self.variable(Spec::known(DType::I32, &[]), |_| 0.0);
        let one = self.graph.constant(Literal::scalar(DType::I32, 1.0)?);
        let t = self.read(&iterations);
        let t = self.graph.add(t, one)?;
        self.assign(&iterations, t)
    }
}

fn mnist_mlp() -> Result<(Program, usize)> {
    let (batch, mut m) = (64, Model::default());
    let x = m.graph.input(Spec::known(DType::F32, &[batch, 784]));
    let y = m.graph.input(Spec::known(DType::I32, &[batch]));
    let mut h = x;
    for (from, to) in [(784, 64), (64, 64)] {
        h = m.dense(h, from, to)?;
        h = m.op("relu", "{}", &[h])?;
    }
    let logits = m.dense(h, 64, 10)?;
    let per_row = m.op("sparse_softmax_cross_entropy", "{}", &[y, logits])?;
    let loss = m.op("mean", "{}", &[per_row])?;
    m.rmsprop(loss)?;
    let repeated = m.number(batch as f64)?;
    let weighted = m.graph.mul(loss, repeated)?;
    let loss_log = m.mean_metric(weighted, batch)?;
    let found = m.op("argmax", r#"{"axis":-1}"#, &[logits])?;
    let hit = m.op("equal", "{}", &[y, found])?;
    let hit = m.graph.cast(hit, DType::F32)?;
    let accuracy = m.mean_metric(hit, batch)?;
    Ok((Program::compile(&m.graph, &[accuracy, loss_log], &m.variables, &Device::Cpu)?, 48_000))
}

fn mlp_512() -> Result<(Program, usize)> {
    let (batch, mut m) = (128, Model::default());
    let x = m.graph.input(Spec::known(DType::F32, &[batch, 784]));
    let y = m.graph.input(Spec::known(DType::F32, &[batch, 10]));
    let mut h = x;
    for (from, to) in [(784, 512), (512, 512)] {
        h = m.dense(h, from, to)?;
        h = m.op("relu", "{}", &[h])?;
        h = m.dropout(h, 0.2)?;
    }
    let logits = m.dense(h, 512, 10)?;
    let per_row = m.op("softmax_cross_entropy", "{}", &[y, logits])?;
    let loss = m.op("mean", "{}", &[per_row])?;
    m.adam(loss)?;
    let repeated = m.number(batch as f64)?;
    let weighted = m.graph.mul(loss, repeated)?;
    let loss_log = m.mean_metric(weighted, batch)?;
    let (a, b) = (m.op("argmax", r#"{"axis":-1}"#, &[y])?, m.op("argmax", r#"{"axis":-1}"#, &[logits])?);
    let hit = m.op("equal", "{}", &[a, b])?;
    let hit = m.graph.cast(hit, DType::F32)?;
    let accuracy = m.mean_metric(hit, batch)?;
    Ok((Program::compile(&m.graph, &[accuracy, loss_log], &m.variables, &Device::Cpu)?, 128 * 150))
}

fn measure(name: &str, program: &Program, samples: usize, profile: bool) -> Result<()> {
    let rows: Vec<usize> = program.inputs().iter().map(|s| s.len().unwrap_or(0) / s.shape[0].unwrap_or(1)).collect();
    let x: Vec<f32> = (0..samples * rows[0]).map(|i| (i as f32 * 0.618_034).fract()).collect();
    let y: Vec<u32> = match program.inputs()[1].dtype {
        DType::F32 => {
            (0..samples * rows[1]).map(|i| f32::from(u8::from(i / 10 * 7 % 10 == i % 10)).to_bits()).collect()
        }
        _ => (0..samples).map(|i| (i * 7 % 10) as u32).collect(),
    };
    let data = [x.as_ptr().cast::<u8>(), y.as_ptr().cast()];
    let batch_size = program.inputs()[0].shape[0].unwrap_or(1);
    let mut best = f64::MAX;
    let mut logs = vec![];
    for epoch in 0..6 {
        if profile && epoch == 5 {
            program.start_profile().expect("on the CPU");
        }
        let epoch = Epoch {
            program,
            tail: None,
            data: &data,
            kept: &Kept::default(),
            samples,
            batch_size,
            shuffle_seed: Some(epoch),
            collect: None,
            max_steps: None,
        };
        let since = Instant::now();
        // SAFETY: the vectors hold so many rows.
        let end = unsafe { epoch.run(&AtomicBool::new(false), &mut |_, _| Ok(()))? };
        best = best.min(since.elapsed().as_secs_f64() * 1e3 / end.steps as f64);
        logs = end.logs;
    }
    if profile {
        println!("{}", program.print());
        for step in program.profile() {
            println!("{:9.2} µs  {}", step.total.as_secs_f64() * 1e6 / step.runs as f64, step.name);
        }
    }
    println!("{name}: {best:.4} ms a step, {:?}, logs {logs:?}", program.stats());
    Ok(())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let profile = args.iter().any(|a| a == "profile");
    if let Some(n) = args.iter().find_map(|a| a.strip_prefix("threads=")) {
        kerosene_exec::set_threads(n.parse().unwrap_or(1));
    }
    for (name, make) in [("mnist_mlp", mnist_mlp as fn() -> Result<(Program, usize)>), ("mlp_512", mlp_512)] {
        if args.len() > 1 && args[1..].iter().all(|a| a != name) && args[1..].iter().any(|a| a.starts_with('m')) {
            continue;
        }
        let (program, samples) = make()?;
        measure(name, &program, samples, profile)?;
    }
    Ok(())
}
