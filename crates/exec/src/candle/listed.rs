//! A graph as a list of ops on tensors.

use super::{
    Tensor,
    fused::{Fused, Fusing, Fusion},
    way::Ready,
};
use crate::{
    Stats,
    half::widened,
    program::panicked,
    variable::{Locks, Variable, byte_size, used},
};
use candle_core::Device;
use kerosene_ir::{Error, Graph, Result, Spec, Value, VariableId};
use kerosene_kernels::Pool;
use kerosene_plan::{Item, List, Origin, What, list};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Some of a graph's ops in order.
pub(super) struct Piece {
    list: List,
    steps: Vec<Step>,
    constants: Vec<Mutex<Tensor>>,
}

/// How one item runs.
enum Step {
    Op(Box<Ready>),
    Group(Fused),
}

impl Step {
    fn new(list: &List, item: &Item, fusion: &Fusion) -> Result<Self> {
        let specs = |values: &[usize]| values.iter().map(|&v| list.values[v].0.clone()).collect();
        Ok(match &item.what {
            What::Op(op) => {
                let ready = Ready::new(op.clone(), specs(&item.inputs), specs(&item.outputs), fusion.clone());
                Step::Op(Box::new(ready))
            }
            What::Group(group) => Step::Group(Fused::new(list, item, group, fusion)?),
        })
    }

    fn run(&self, pool: &Pool, device: &Device, x: &[Tensor]) -> Result<Vec<Tensor>> {
        match self {
            Step::Op(ready) => ready.run(pool, device, x),
            Step::Group(fused) => fused.run(device, x),
        }
    }

    fn on_host(&self) -> Vec<&'static str> {
        match self {
            Step::Op(ready) => ready.on_host(),
            Step::Group(_) => vec![],
        }
    }

    fn print(&self) -> String {
        match self {
            Step::Op(ready) => ready.print(),
            Step::Group(fused) => fused.print(),
        }
    }
}

impl Piece {
    pub fn new(graph: &Graph, outputs: &[Value], fusion: &Fusion) -> Result<Self> {
        let (graph, outputs) = widened(graph, outputs)?;
        let list = list(&graph, &outputs, &Fusing(fusion))?;
        let steps = list.items.iter().map(|item| Step::new(&list, item, fusion)).collect::<Result<_>>()?;
        let constants = list.constants.iter().map(|c| Mutex::new(Tensor::from(c.clone()))).collect();
        Ok(Self { list, steps, constants })
    }

    /// The outputs, and after them the new values of the assigned variables.
    pub fn run(&self, pool: &Pool, device: &Device, inputs: &[Tensor], variables: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut live = Live { piece: self, device, inputs, variables, values: vec![None; self.list.values.len()] };
        for (i, (item, step)) in self.list.items.iter().zip(&self.steps).enumerate() {
            let operands = item.inputs.iter().map(|&v| live.get(v)).collect::<Result<Vec<_>>>()?;
            let results = step.run(pool, device, &operands)?;
            for (&v, result) in item.outputs.iter().zip(results) {
                live.values[v] = Some(result);
            }
            for &v in item.inputs.iter().chain(&item.outputs) {
                live.drop_after(v, i + 1);
            }
        }
        self.list.outputs.iter().chain(self.list.assigned.iter().map(|(_, v)| v)).map(|&v| live.get(v)).collect()
    }

    pub fn on_host(&self) -> Vec<&'static str> {
        self.steps.iter().flat_map(Step::on_host).collect()
    }

    /// A constant, on the device when it has been needed there before.
    fn constant(&self, i: usize, device: &Device) -> Result<Tensor> {
        let mut constant = self.constants[i].lock();
        if !constant.is_settled(device) {
            *constant = constant.settled(device)?;
        }
        Ok(constant.clone())
    }
}

/// The values of one run.
struct Live<'a> {
    piece: &'a Piece,
    device: &'a Device,
    inputs: &'a [Tensor],
    variables: &'a [Tensor],
    values: Vec<Option<Tensor>>,
}

impl Live<'_> {
    fn get(&mut self, v: usize) -> Result<Tensor> {
        if let Some(value) = &self.values[v] {
            return Ok(value.clone());
        }
        let (spec, origin) = &self.piece.list.values[v];
        let value = match *origin {
            Origin::Input(i) => self.inputs[i].clone(),
            Origin::Constant(i) => self.piece.constant(i, self.device)?,
            Origin::Variable(i) => self.variables[i].clone(),
            Origin::View(of) => self.get(of)?.view(spec)?,
            Origin::Item => return Err(Error::internal("A value is read before it is computed.")),
        };
        // What many read is brought to the device once.
        let value = value.settled(self.device)?;
        self.values[v] = Some(value.clone());
        Ok(value)
    }

    fn drop_after(&mut self, mut v: usize, done: usize) {
        loop {
            if self.piece.list.last[v] > done {
                return;
            }
            self.values[v] = None;
            match self.piece.list.values[v].1 {
                Origin::View(of) => v = of,
                _ => return,
            }
        }
    }
}

/// A graph for known shapes on a device.
pub(crate) struct Listed {
    piece: Piece,
    device: Device,
    outputs: Vec<Spec>,
    /// By the list's numbers, with whether they are written.
    variables: Vec<(Arc<Variable>, bool)>,
    /// The same in the order of their ids.
    locked: Vec<(Arc<Variable>, bool)>,
    running: Mutex<()>,
}

impl Listed {
    pub fn compile(
        graph: &Graph,
        outputs: &[Value],
        variables: &HashMap<VariableId, Arc<Variable>>,
        device: &Device,
        fusion: &Fusion,
    ) -> Result<Self> {
        let specs: Vec<Spec> = outputs.iter().map(|&v| graph.spec(v).clone()).collect();
        for spec in graph.inputs().iter().map(|&v| graph.spec(v)).chain(&specs) {
            byte_size("compile", spec)?;
        }
        let piece = Piece::new(graph, outputs, fusion)?;
        let variables = used(&piece.list.variables, variables)?;
        let mut locked = variables.clone();
        locked.sort_by_key(|(v, _)| v.id());
        Ok(Self { piece, device: device.clone(), outputs: specs, variables, locked, running: Mutex::new(()) })
    }

    pub fn inputs(&self) -> &[Spec] {
        &self.piece.list.inputs
    }

    pub fn outputs(&self) -> &[Spec] {
        &self.outputs
    }

    pub fn print(&self) -> String {
        self.piece.steps.iter().map(|s| s.print() + "\n").collect()
    }

    pub fn stats(&self) -> Stats {
        let steps = &self.piece.steps;
        let kernels = steps.iter().filter(|s| matches!(s, Step::Op(_))).count();
        Stats { steps: steps.len(), kernels, arena_bytes: 0, moved_bytes: 0 }
    }

    pub fn on_host(&self) -> Vec<&'static str> {
        self.piece.on_host()
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Runs it once.
    ///
    /// # Safety
    /// As [`crate::Program::run`].
    pub unsafe fn run(&self, pool: &Pool, inputs: &[*const u8], outputs: &[*mut u8]) -> Result<()> {
        // SAFETY: the caller vouches for the addresses.
        let ins = self.inputs().iter().zip(inputs).map(|(spec, &at)| unsafe { Tensor::read(spec, at) });
        let results = self.step(pool, &ins.collect::<Result<Vec<_>>>()?)?;
        for (result, &to) in results.iter().zip(outputs) {
            // SAFETY: the caller vouches for room of the output's size, which is the result's.
            unsafe { write(result, to)? };
        }
        Ok(())
    }

    /// Runs it once on tensors; the outputs stay where they are. A run that fails leaves the variables as they were.
    pub fn step(&self, pool: &Pool, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let _running = self.running.lock();
        let _locks = Locks::new(&self.locked);
        let run = || {
            let variables = self.variables.iter().map(|(v, _)| v.on(&self.device)).collect::<Result<Vec<_>>>()?;
            let mut results = self.piece.run(pool, &self.device, inputs, &variables)?;
            let assigned = results.split_off(self.outputs.len());
            for (&(at, _), value) in self.piece.list.assigned.iter().zip(assigned) {
                self.variables[at].0.take(value);
            }
            Ok(results)
        };
        catch_unwind(AssertUnwindSafe(run)).map_err(panicked)?
    }
}

/// Copies a value to an address.
///
/// # Safety
/// There is room for its bytes.
pub(crate) unsafe fn write(value: &Tensor, to: *mut u8) -> Result<()> {
    let value = value.fetched()?;
    // SAFETY: the caller vouches for it.
    unsafe { std::ptr::copy_nonoverlapping(value.bytes().as_ptr(), to, value.bytes().len()) };
    Ok(())
}
