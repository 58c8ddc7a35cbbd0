//! Whole groups: an optimizer's step, chains with operands that repeat, choices, mixed dtypes, random graphs.

use crate::{
    Task,
    common::{Case, Random, check_inputs, check_program, random_graph, run},
    harness::encode,
    program,
};
use kerosene_exec::{
    Device, Program, Variable,
    fused::{Dialect, Fusion},
};
use kerosene_ir::{DType, Graph, Result, Spec, Value};
use kerosene_ops::{GraphOps, push};
use std::collections::HashMap;

/// Random graphs, whatever is in them; but for ops that may make further kernels when they first run.
pub fn random(fusion: &Fusion) -> Vec<Task> {
    let task = |seed: u64| {
        let case = random_graph(seed);
        if case.graph.nodes().any(|(_, node)| node.op().is_some_and(|op| op.name().starts_with("channel_"))) {
            return None;
        }
        let program = program(&case.graph, &case.outputs, &case.variables, fusion).expect("a right graph");
        let check = move |p: &Program| check_program(&case, seed, p);
        Some(Task { name: format!("graph {seed}"), program, check: Box::new(check) })
    };
    (0..150).filter_map(task).collect()
}

/// A case of so many steps, of which so many are single ops.
fn task(name: &str, fusion: &Fusion, steps: (usize, usize), build: impl Fn(&mut Case) -> Result<()>) -> Task {
    let mut case = Case { graph: Graph::new(), outputs: vec![], variables: HashMap::new() };
    build(&mut case).unwrap();
    let program = program(&case.graph, &case.outputs, &case.variables, fusion).unwrap();
    let stats = program.stats();
    assert_eq!((stats.steps, stats.kernels), steps, "{name}:\n{}", program.print());
    let check = move |program: &Program| {
        check_program(&case, 5, program)?;
        // Ties, zeros, infinities and NaN, in each operand beside each other.
        let hard = [0.0, -0.0, 1.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -1.0, 3.0, 1e-3];
        let inputs = program.inputs().iter().enumerate().map(|(k, s)| {
            let whole = |v: f64| if s.dtype.is_float() { v } else { v.clamp(0.0, 3.0) };
            let values = (0..s.len().unwrap()).map(|i| whole(hard[(i * (k + 1) + i / 10 + k) % 10]));
            encode(
                s.dtype,
                &values.map(|v| if v.is_nan() && !s.dtype.is_float() { 2.0 } else { v }).collect::<Vec<_>>(),
            )
        });
        check_inputs(&case, program, &inputs.collect::<Vec<_>>())
    };
    Task { name: name.into(), program, check: Box::new(check) }
}

fn variable(case: &mut Case, dtype: DType, dims: &[usize], value: f64) -> (kerosene_ir::VariableId, Value) {
    let spec = Spec::known(dtype, dims);
    let bytes = encode(dtype, &vec![value; spec.len().unwrap()]);
    let variable = Variable::new(spec, Some(&bytes)).unwrap();
    let value = case.graph.variable(variable.id(), variable.spec());
    let id = variable.id();
    case.variables.insert(id, variable);
    (id, value)
}

fn assign(case: &mut Case, id: kerosene_ir::VariableId, value: Value) -> Result<()> {
    let spec = case.graph.spec(value).clone();
    case.graph.assign(id, &spec, value)
}

/// Adam's step for some variables. Source: Kingma & Ba, *Adam*, 2014, as Keras writes it.
fn adam(case: &mut Case, shapes: &[&[usize]]) -> Result<()> {
    let (count, iterations) = variable(case, DType::I64, &[], 3.0);
    let (_, rate) = variable(case, DType::F32, &[], 0.01);
    let g = &mut case.graph;
    let next = g.shift(iterations, 1.0)?;
    let t = g.cast(next, DType::F32)?;
    let power = |g: &mut Graph, base: f64| {
        let base = g.number(base, t)?;
        let power = g.apply("power", &[base, t])?;
        let minus = g.neg(power)?;
        g.shift(minus, 1.0)
    };
    let (first, second) = (power(g, 0.9)?, power(g, 0.999)?);
    let root = g.apply("sqrt", &[second])?;
    let alpha = g.mul(rate, root)?;
    let alpha = g.div(alpha, first)?;
    assign(case, count, next)?;
    for &shape in shapes {
        let gradient = case.graph.input(Spec::known(DType::F32, shape));
        let [(w_id, w), (m_id, m), (v_id, v)] = [0.5, 0.1, 0.2].map(|at| variable(case, DType::F32, shape, at));
        let g = &mut case.graph;
        let off = g.sub(gradient, m)?;
        let off = g.scale(off, 0.1)?;
        let m = g.add(m, off)?;
        let square = g.apply("square", &[gradient])?;
        let off = g.sub(square, v)?;
        let off = g.scale(off, 0.001)?;
        let v = g.add(v, off)?;
        let up = g.mul(m, alpha)?;
        let root = g.apply("sqrt", &[v])?;
        let down = g.shift(root, 1e-7)?;
        let step = g.div(up, down)?;
        let w = g.sub(w, step)?;
        for (id, value) in [(m_id, m), (v_id, v), (w_id, w)] {
            assign(case, id, value)?;
        }
    }
    Ok(())
}

/// gelu and softplus of a matrix with a bias for each column and a factor for each row of rows.
fn broadcasting(case: &mut Case, dims: [usize; 3]) -> Result<()> {
    let g = &mut case.graph;
    let x = g.input(Spec::known(DType::F32, &dims));
    let bias = g.input(Spec::known(DType::F32, &dims[2..]));
    let factor = g.input(Spec::known(DType::F32, &[dims[0], 1, 1]));
    let middle = g.input(Spec::known(DType::F32, &[dims[1], 1]));
    let y = g.add(x, bias)?;
    let z = g.scale(y, 0.5f64.sqrt())?;
    let z = g.apply("erf", &[z])?;
    let z = g.shift(z, 1.0)?;
    let gelu = g.mul(y, z)?;
    let soft = g.apply("softplus", &[gelu])?;
    let soft = g.mul(soft, factor)?;
    let out = g.sub(soft, middle)?;
    case.outputs = vec![out, y];
    Ok(())
}

/// Comparisons, logic and choices over floats, integers and booleans.
fn choices(case: &mut Case) -> Result<()> {
    let g = &mut case.graph;
    let [x, y] = [0, 1].map(|_| g.input(Spec::known(DType::F32, &[5, 7])));
    let [i, j] = [DType::I32, DType::I64].map(|d| g.input(Spec::known(d, &[7])));
    let b = g.input(Spec::known(DType::Bool, &[5, 1]));
    let above = g.apply("greater", &[x, y])?;
    let finite = g.apply("isfinite", &[x])?;
    let good = g.apply("logical_and", &[above, finite])?;
    let same = g.apply("equal", &[x, y])?;
    let i = g.cast(i, DType::I64)?;
    let less = g.apply("less_equal", &[i, j])?;
    let any = g.apply("logical_or", &[same, less])?;
    let any = g.apply("logical_xor", &[any, b])?;
    let number = g.cast(j, DType::F32)?;
    let chosen = g.select(good, x, number)?;
    let most = g.apply("maximum", &[chosen, y])?;
    let out = g.select(any, most, x)?;
    let whole = g.cast(out, DType::I32)?;
    case.outputs = vec![out, any, whole];
    Ok(())
}

/// Operands that candle does not keep contiguous: a transposed one, a repeated one, a view.
fn strided(case: &mut Case) -> Result<()> {
    let g = &mut case.graph;
    let x = g.input(Spec::known(DType::F32, &[3, 5]));
    let y = g.input(Spec::known(DType::F32, &[15]));
    let row = g.input(Spec::known(DType::F32, &[3]));
    let x = g.transpose(x, &[1, 0])?;
    let y = g.reshape(y, &[Some(5), Some(3)])?;
    let row = g.broadcast_to(row, &[Some(5), Some(3)])?;
    let sum = g.add(x, y)?;
    let sum = g.mul(sum, row)?;
    let flat = g.reshape(sum, &[Some(15)])?;
    let out = g.apply("tanh", &[flat])?;
    case.outputs = vec![out, sum];
    Ok(())
}

/// float16 and bfloat16 are stored, float32 is computed with, each result is rounded.
fn halves(fusion: &Fusion) -> Task {
    let mut g = Graph::new();
    let inputs = [DType::F16, DType::BF16].map(|d| g.input(Spec::known(d, &[4, 9])));
    let bias = g.input(Spec::known(DType::F32, &[9]));
    let mut outputs = vec![];
    for x in inputs {
        let b = g.cast(bias, g.spec(x).dtype).unwrap();
        let y = g.mul(x, b).unwrap();
        let y = g.add(y, b).unwrap();
        let y = push(&mut g, "sigmoid", "", &[y]).unwrap()[0];
        outputs.extend([y, g.cast(y, DType::F32).unwrap()]);
    }
    let made = program(&g, &outputs, &HashMap::new(), fusion).unwrap();
    assert_eq!(made.stats().kernels, 0, "{}", made.print());
    let check = move |program: &Program| {
        let mut r = Random(9);
        let mut data = |s: &Spec| {
            let values: Vec<f64> = (0..s.len().unwrap()).map(|_| 3.0 * r.unit()).collect();
            encode(s.dtype, &values)
        };
        let inputs: Vec<Vec<u8>> = program.inputs().iter().map(&mut data).collect();
        let planned = Program::compile(&g, &outputs, &HashMap::new(), &Device::Cpu).map_err(|e| e.message)?;
        let (got, want) = (run(program, &inputs), run(&planned, &inputs));
        let close_by = |(i, (got, want)): (usize, (&Vec<u8>, &Vec<u8>))| {
            let dtype = planned.outputs()[i].dtype;
            // A difference of the last bit in float32 may change the rounding.
            if dtype.is_half() { Ok(()) } else { close_enough(got, want, if i == 1 { 2e-3 } else { 2e-2 }) }
        };
        got.iter().zip(&want).enumerate().try_for_each(close_by)
    };
    Task { name: "halves".into(), program: made, check: Box::new(check) }
}

/// Dropout and its gradient share a mask; two others of one shape are one kernel, each with its own seed; the last one's seed is a counter.
fn dropout(case: &mut Case) -> Result<()> {
    let (counter, state) = variable(case, DType::U32, &[2], 7.0);
    let g = &mut case.graph;
    let [x, grad, y, z] = [[3, 70], [3, 70], [5, 90], [5, 90]].map(|dims| g.input(Spec::known(DType::F32, &dims)));
    let seeds = [0, 1, 2].map(|_| g.input(Spec::known(DType::U32, &[2])));
    let attrs = r#"{"rate":0.4}"#;
    let drop = |g: &mut Graph, x: Value, seed: Value| g.op("dropout", attrs, &[x, seed]);
    let forward = drop(g, x, seeds[0])?;
    let forward = g.apply("tanh", &[forward])?;
    let backward = drop(g, grad, seeds[0])?;
    let backward = g.mul(backward, forward)?;
    let (y, z) = (drop(g, y, seeds[1])?, drop(g, z, seeds[2])?);
    let noise = g.op("random_uniform", r#"{"shape":[2,300],"minval":-1,"maxval":3}"#, &[state])?;
    let noise = g.scale(noise, 0.5)?;
    let next = g.shift(state, 1.0)?;
    assign(case, counter, next)?;
    case.outputs = vec![forward, backward, y, z, noise];
    Ok(())
}

fn close_enough(got: &[u8], want: &[u8], by: f64) -> std::result::Result<(), String> {
    let values = |b: &[u8]| crate::harness::decode(DType::F32, b);
    crate::harness::difference(&values(got), &values(want), by, 0.0).map_or(Ok(()), Err)
}

pub fn tasks(dialect: Dialect, fusion: &Fusion) -> Vec<Task> {
    // A merged update has one kernel for each table of arguments; a step is one all the same.
    let many: Vec<Vec<usize>> = (0..160).map(|i| vec![i + 1, 2]).collect();
    let many: Vec<&[usize]> = many.iter().map(Vec::as_slice).collect();
    let _ = dialect;
    vec![
        task("adam", fusion, (3, 1), |c| adam(c, &[&[7, 5], &[5], &[33]])),
        task("adam of many", fusion, (3, 1), |c| adam(c, &many)),
        task("broadcasting", fusion, (1, 0), |c| broadcasting(c, [4, 6, 5])),
        task("broadcasting over ones", fusion, (1, 0), |c| broadcasting(c, [1, 3, 1])),
        task("broadcasting of nothing", fusion, (1, 0), |c| broadcasting(c, [2, 0, 5])),
        task("choices", fusion, (4, 1), choices),
        task("strided", fusion, (3, 1), strided),
        task("dropout", fusion, (4, 1), dropout),
        halves(fusion),
    ]
}
