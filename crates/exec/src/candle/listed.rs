//! A graph as a list of ops on tensors.

use super::{Tensor, way::Ready};
use crate::{
    Stats,
    cpu::Cpu,
    half::widened,
    program::panicked,
    variable::{Locks, Variable, byte_size, used},
};
use candle_core::Device;
use kerosene_ir::{Error, Graph, Result, Spec, Value, VariableId};
use kerosene_kernels::Pool;
use kerosene_plan::{List, Origin, list};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Some of a graph's ops in order.
pub(super) struct Piece {
    list: List,
    ready: Vec<Ready>,
    constants: Vec<Mutex<Tensor>>,
}

impl Piece {
    pub fn new(graph: &Graph, outputs: &[Value]) -> Result<Self> {
        let (graph, outputs) = widened(graph, outputs)?;
        let list = list(&graph, &outputs, &Cpu)?;
        let spec = |&v: &usize| list.values[v].0.clone();
        let ready = list.items.iter().map(|item| {
            Ready::new(item.op.clone(), item.inputs.iter().map(spec).collect(), item.outputs.iter().map(spec).collect())
        });
        let ready = ready.collect();
        let constants = list.constants.iter().map(|c| Mutex::new(Tensor::from(c.clone()))).collect();
        Ok(Self { list, ready, constants })
    }

    /// The outputs, and after them the new values of the assigned variables.
    pub fn run(&self, pool: &Pool, device: &Device, inputs: &[Tensor], variables: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut live = Live { piece: self, device, inputs, variables, values: vec![None; self.list.values.len()] };
        for (i, (item, ready)) in self.list.items.iter().zip(&self.ready).enumerate() {
            let operands = item.inputs.iter().map(|&v| live.get(v)).collect::<Result<Vec<_>>>()?;
            let results = ready.run(pool, device, &operands)?;
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
        self.ready.iter().flat_map(Ready::on_host).collect()
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
    ) -> Result<Self> {
        let specs: Vec<Spec> = outputs.iter().map(|&v| graph.spec(v).clone()).collect();
        for spec in graph.inputs().iter().map(|&v| graph.spec(v)).chain(&specs) {
            byte_size("compile", spec)?;
        }
        let piece = Piece::new(graph, outputs)?;
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
        self.piece.ready.iter().map(|r| r.print() + "\n").collect()
    }

    pub fn stats(&self) -> Stats {
        let n = self.piece.ready.len();
        Stats { steps: n, kernels: n, arena_bytes: 0, moved_bytes: 0 }
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
