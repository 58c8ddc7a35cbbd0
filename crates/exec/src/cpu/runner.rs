//! What the planner asks of the executor.

use super::{loops::lowered, reference};
use kerosene_ir::{Literal, Op, Result, Spec};
use kerosene_ops::Lowered;
use kerosene_plan::Runner;

/// Answers from the CPU's kernels.
pub(crate) struct Cpu;

impl Runner for Cpu {
    fn evaluate(&self, op: &dyn Op, inputs: &[&Literal], outputs: &[&Spec]) -> Result<Option<Vec<Literal>>> {
        let operands: Vec<(&Spec, &[u8])> = inputs.iter().map(|l| (l.spec(), l.bytes())).collect();
        let literal = |(bytes, spec): (Vec<u8>, &&Spec)| Literal::new(spec.dtype, &spec.dims("fold")?, &bytes);
        let results = reference::apply(op, &operands, outputs)?;
        results.into_iter().zip(outputs).map(literal).collect::<Result<_>>().map(Some)
    }

    fn scratch(&self, op: &dyn Op, inputs: &[&Spec], outputs: &[&Spec]) -> Result<usize> {
        Ok(match lowered(op, inputs, outputs)? {
            Lowered::Kernel(kernel) => kernel.scratch,
            _ => 0,
        })
    }
}
