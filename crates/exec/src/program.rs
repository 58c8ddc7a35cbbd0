//! A graph made ready to run.

use crate::{
    reference,
    variable::{Variable, byte_size},
};
use kerosene_ir::{Error, Graph, Result, Spec, Value, VariableId};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// Numbers about a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Steps of one run.
    pub steps: usize,
    /// Steps that are kernels of their own (not fused elementwise groups or copies).
    pub kernels: usize,
    /// Memory for values between steps.
    pub arena_bytes: usize,
    /// Bytes that steps read and write in one run.
    pub moved_bytes: usize,
}

/// A graph for known shapes with its kernels and memory. One run at a time; others wait.
pub struct Program {
    graph: Graph,
    wanted: Vec<Value>,
    inputs: Vec<Spec>,
    outputs: Vec<Spec>,
    variables: HashMap<VariableId, Arc<Variable>>,
    state: Mutex<()>,
}

impl Program {
    /// Prepares `outputs` and the graph's assignments.
    ///
    /// # Errors
    /// When a dimension is unknown, a variable is missing, or an op cannot run on its specs.
    pub fn compile(
        graph: &Graph,
        outputs: &[Value],
        variables: &HashMap<VariableId, Arc<Variable>>,
    ) -> Result<Program> {
        let known = |v: &Value| -> Result<Spec> {
            let spec = graph.try_spec(*v)?;
            byte_size("compile", spec)?;
            Ok(spec.clone())
        };
        let ids = graph.variables().map(|(id, _)| id).chain(graph.assigns().map(|(id, _)| id));
        let variables = ids
            .map(|id| match variables.get(&id) {
                Some(v) => Ok((id, v.clone())),
                None => Err(Error::internal(format!("Variable {} is missing.", id.0))),
            })
            .collect::<Result<_>>()?;
        Ok(Program {
            inputs: graph.inputs().iter().map(known).collect::<Result<_>>()?,
            outputs: outputs.iter().map(known).collect::<Result<_>>()?,
            graph: graph.clone(),
            wanted: outputs.to_vec(),
            variables,
            state: Mutex::new(()),
        })
    }

    /// What a run reads.
    pub fn inputs(&self) -> &[Spec] {
        &self.inputs
    }

    /// What a run writes.
    pub fn outputs(&self) -> &[Spec] {
        &self.outputs
    }

    /// The plan as text.
    pub fn print(&self) -> String {
        self.graph.to_string()
    }

    /// Numbers about it.
    pub fn stats(&self) -> Stats {
        Stats::default()
    }

    /// Runs it once: reads `inputs` and the variables, writes `outputs` and the assigned variables.
    ///
    /// # Errors
    /// When the counts are wrong or a kernel fails.
    ///
    /// # Safety
    /// Each address holds its spec's bytes, aligned for its dtype; nobody writes to the inputs or touches the outputs meanwhile.
    pub unsafe fn run(&self, inputs: &[*const u8], outputs: &[*mut u8]) -> Result<()> {
        if inputs.len() != self.inputs.len() || outputs.len() != self.outputs.len() {
            return Err(Error::value("The plan takes another number of inputs or outputs."));
        }
        let _one = self.state.lock();
        let size = |s: &Spec| byte_size("run", s);
        let ins = inputs
            .iter()
            .zip(&self.inputs)
            // SAFETY: the caller vouches for the address.
            .map(|(p, s)| Ok(unsafe { std::slice::from_raw_parts(*p, size(s)?) }))
            .collect::<Result<Vec<_>>>()?;
        let mut values = HashMap::new();
        for (id, v) in &self.variables {
            let mut b = vec![0; size(v.spec())?];
            v.read(&mut b)?;
            values.insert(*id, b);
        }
        let mut wanted = self.wanted.clone();
        wanted.extend(self.graph.assigns().map(|(_, v)| v));
        let results = reference::evaluate(&self.graph, &ins, &values, &wanted)?;
        let (out, assigned) = results.split_at(outputs.len());
        for (b, p) in out.iter().zip(outputs) {
            // SAFETY: the caller vouches for the address.
            unsafe { std::ptr::copy_nonoverlapping(b.as_ptr(), *p, b.len()) };
        }
        for (b, (id, _)) in assigned.iter().zip(self.graph.assigns()) {
            self.variables[&id].write(b)?;
        }
        Ok(())
    }
}
