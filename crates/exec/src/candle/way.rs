//! How one op runs.

use super::{Tensor, failed, fused::Fusion, listed::Piece, repeat::Repeat, tensor::candle_dtype};
use crate::cpu::Planned;
use candle_core::Device;
use kerosene_ir::{Graph, Literal, Op, Result, Spec, Value};
use kerosene_kernels::Pool;
use kerosene_ops::Lowered;
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

/// An op with its specs, and how it runs, found out when it first does.
pub(super) struct Ready {
    op: Arc<dyn Op>,
    inputs: Vec<Spec>,
    outputs: Vec<Spec>,
    /// For the ops within it.
    fusion: Fusion,
    way: OnceLock<Way>,
    /// The results, where they are the same at every run.
    always: OnceLock<Vec<Tensor>>,
}

enum Way {
    /// As candle's ops.
    Lowered,
    /// As the ops it is made of.
    Expanded(Piece),
    /// A body, once for each step.
    Repeated(Repeat),
    /// As its CPU kernel, on a copy.
    Host(Planned),
}

impl Ready {
    pub fn new(op: Arc<dyn Op>, inputs: Vec<Spec>, outputs: Vec<Spec>, fusion: Fusion) -> Self {
        Self { op, inputs, outputs, fusion, way: OnceLock::new(), always: OnceLock::new() }
    }

    /// Computes the op's results.
    pub fn run(&self, pool: &Pool, device: &Device, x: &[Tensor]) -> Result<Vec<Tensor>> {
        if let Some(results) = self.always.get() {
            return Ok(results.clone());
        }
        let way = match self.way.get() {
            Some(way) => way,
            None => {
                let (way, results) = self.first(device, x)?;
                let way = self.way.get_or_init(|| way);
                if let Some(results) = results {
                    return Ok(results);
                }
                way
            }
        };
        match way {
            Way::Lowered => self.lowered(device, x)?.ok_or_else(|| {
                kerosene_ir::Error::internal(format!("{} ran on candle once and then no more.", self.op.name()))
            }),
            Way::Expanded(piece) => piece.run(pool, device, x, &[]),
            Way::Repeated(repeat) => repeat.run(pool, device, x, &self.outputs),
            Way::Host(planned) => self.host(pool, planned, x),
        }
    }

    /// The ops within it that ran on a copy on the host although there were floating numbers among what they read or wrote.
    pub fn on_host(&self) -> Vec<&'static str> {
        let matters = |s: &Spec| s.dtype.is_float() && s.len() != Some(0);
        match self.way.get() {
            Some(Way::Host(_)) if self.inputs.iter().chain(&self.outputs).any(matters) => vec![self.op.name()],
            Some(Way::Expanded(piece)) => piece.on_host(),
            Some(Way::Repeated(repeat)) => repeat.on_host(),
            _ => vec![],
        }
    }

    /// The op on one line.
    pub fn print(&self) -> String {
        let specs = |s: &[Spec]| s.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let way = match self.way.get() {
            Some(Way::Host(_)) => " on the host",
            Some(Way::Expanded(_)) => " expanded",
            _ => "",
        };
        format!("{}({}) -> {}{way}", self.op.name(), specs(&self.inputs), specs(&self.outputs))
    }

    fn first(&self, device: &Device, x: &[Tensor]) -> Result<(Way, Option<Vec<Tensor>>)> {
        let (ins, outs): (Vec<&Spec>, Vec<&Spec>) = (self.inputs.iter().collect(), self.outputs.iter().collect());
        if let Lowered::Loop(body) = kerosene_ops::lower(&*self.op)?.lower(&ins, &outs)? {
            return Ok((Way::Repeated(Repeat::new(*body, &self.fusion)?), None));
        }
        let counts = |s: &Spec| !s.dtype.is_float();
        let small = self.inputs.iter().chain(&self.outputs).all(counts) && x.iter().all(Tensor::is_here);
        if !small && self.inputs.iter().chain(&self.outputs).all(|s| candle_dtype(s.dtype).is_some()) {
            if let Some(results) = self.lowered(device, x)? {
                return Ok((Way::Lowered, Some(results)));
            }
            let mut graph = Graph::new();
            let values: Vec<Value> = self.inputs.iter().map(|s| graph.input(s.clone())).collect();
            if let Some(results) = self.op.expand(&mut graph, &values) {
                return Ok((Way::Expanded(Piece::new(&graph, &results?, &self.fusion)?), None));
            }
        }
        let mut graph = Graph::new();
        let values: Vec<Value> = self.inputs.iter().map(|s| graph.input(s.clone())).collect();
        let results = graph.push(self.op.clone(), &values)?;
        Ok((Way::Host(Planned::compile(&graph, &results, &HashMap::new())?), None))
    }

    fn lowered(&self, device: &Device, x: &[Tensor]) -> Result<Option<Vec<Tensor>>> {
        let operands: Option<Vec<_>> = x.iter().map(|x| x.candle(device)).collect::<Result<_>>()?;
        let Some(operands) = operands else { return Ok(None) };
        let found = kerosene_ops::lower(&*self.op)?.candle(&operands).map_err(failed(self.op.name()))?;
        found.map(|t| Ok(vec![Tensor::made(t, &self.outputs[0])?])).transpose()
    }

    fn host(&self, pool: &Pool, planned: &Planned, x: &[Tensor]) -> Result<Vec<Tensor>> {
        let operands: Vec<Literal> = x.iter().map(Tensor::literal).collect::<Result<_>>()?;
        let results: Vec<Tensor> = planned.literals(pool, &operands)?.into_iter().map(Tensor::from).collect();
        // What depends on nothing is computed once.
        if x.is_empty() {
            let _ = self.always.set(results.clone());
        }
        Ok(results)
    }
}
