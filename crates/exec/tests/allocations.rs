//! A step asks for no memory: everything it needs was taken when it was prepared, or by the first run.

use kerosene_exec::{Device, Program, Variable};
use kerosene_ir::{DType, Graph, Result, Spec, Value};
use kerosene_ops::{GraphOps, gradients};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

struct Counting;

static ASKED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator, counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(1, Relaxed);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A convolution, a pooling, a dense layer and a step of gradient descent on their weights.
fn step() -> Result<Program> {
    let (mut g, mut variables, mut weights) = (Graph::new(), HashMap::new(), vec![]);
    let x = g.input(Spec::known(DType::F32, &[32, 12, 12, 3]));
    let mut weight = |g: &mut Graph, shape: &[usize]| -> Result<Value> {
        let spec = Spec::known(DType::F32, shape);
        let values: Vec<u8> =
            (0..spec.len().unwrap_or(0)).flat_map(|i| ((i % 7) as f32 * 0.1 - 0.3).to_ne_bytes()).collect();
        let variable = Variable::new(spec, Some(&values))?;
        let value = g.read(variable.id(), variable.spec());
        variables.insert(variable.id(), variable.clone());
        weights.push((variable, value));
        Ok(value)
    };
    let (kernel, dense, bias) = (weight(&mut g, &[3, 3, 3, 16])?, weight(&mut g, &[400, 40])?, weight(&mut g, &[40])?);
    let attrs = r#"{"strides":[1,1],"padding":"valid","dilation":[1,1]}"#;
    let h = g.op("conv", attrs, &[x, kernel])?;
    let h = g.apply("relu", &[h])?;
    let pool = r#"{"pool_size":[2,2],"strides":[2,2],"padding":"valid"}"#;
    let h = g.op("max_pool", pool, &[h])?;
    let h = g.reshape(h, &[Some(32), Some(400)])?;
    let h = g.matmul(h, dense, false, false)?;
    let h = g.add(h, bias)?;
    let h = g.apply("softmax", &[h])?;
    let loss = g.apply("square", &[h])?;
    let loss = g.apply("sum", &[loss])?;
    let wrt: Vec<Value> = weights.iter().map(|(_, v)| *v).collect();
    let slopes = gradients(&mut g, &[loss], &[None], &wrt)?;
    for ((variable, value), slope) in weights.iter().zip(slopes) {
        let step = g.scale(slope.expect("the loss depends on every weight"), 0.01)?;
        let new = g.sub(*value, step)?;
        g.assign(variable.id(), variable.spec(), new)?;
    }
    Program::compile(&g, &[loss], &variables, &Device::Cpu)
}

#[test]
fn a_step_asks_for_no_memory() {
    kerosene_exec::set_threads(2);
    let program = step().expect("a graph that can be planned");
    let x: Vec<f32> = (0..32 * 12 * 12 * 3).map(|i| (i % 13) as f32 * 0.1).collect();
    let mut loss = 0f32;
    // SAFETY: the input and the output are of the program's specs.
    let mut run = || unsafe {
        program.run(&[x.as_ptr().cast()], &[std::ptr::from_mut(&mut loss).cast()]).expect("a step that runs");
    };
    (0..20).for_each(|_| run());
    let before = ASKED.load(Relaxed);
    (0..50).for_each(|_| run());
    assert_eq!(ASKED.load(Relaxed) - before, 0, "pieces of memory asked for in 50 steps");
    assert!(loss.is_finite());
}
