//! Loops: the body of a loop, run once for each step.

use super::{Tensor, fused::Fusion, listed::Piece};
use candle_core::Device;
use kerosene_ir::{Result, Spec, Value};
use kerosene_kernels::Pool;
use kerosene_ops::Loop;

/// A loop ready to run.
pub(super) struct Repeat {
    body: Piece,
    carries: usize,
    sequences: usize,
    steps: usize,
    reverse: bool,
    finals: Vec<Option<usize>>,
    /// The output that each stacked value goes to.
    stacked: Vec<usize>,
}

impl Repeat {
    pub fn new(one: Loop, fusion: &Fusion) -> Result<Self> {
        let stacked = one.stacked.iter().map(|s| s.0);
        let results: Vec<Value> = one.carries.iter().copied().chain(stacked).collect();
        Ok(Self {
            body: Piece::new(&one.body, &results, fusion)?,
            carries: one.carries.len(),
            sequences: one.sequences,
            steps: one.steps,
            reverse: one.reverse,
            finals: one.finals,
            stacked: one.stacked.iter().map(|s| s.1).collect(),
        })
    }

    pub fn on_host(&self) -> Vec<&'static str> {
        self.body.on_host()
    }

    pub fn run(&self, pool: &Pool, device: &Device, x: &[Tensor], outputs: &[Spec]) -> Result<Vec<Tensor>> {
        let mut carries = x[..self.carries].to_vec();
        let along = &x[self.carries..self.carries + self.sequences];
        let whole = &x[self.carries + self.sequences..];
        let mut rows: Vec<Vec<Tensor>> = vec![vec![]; self.stacked.len()];
        for step in 0..self.steps {
            let row = if self.reverse { self.steps - 1 - step } else { step };
            let mut inputs = carries;
            for sequence in along {
                inputs.push(sequence.row(row)?);
            }
            inputs.extend_from_slice(whole);
            carries = self.body.run(pool, device, &inputs, &[])?;
            rows.iter_mut().zip(carries.drain(self.carries..)).for_each(|(rows, value)| rows.push(value));
        }
        let mut out: Vec<Option<Tensor>> = vec![None; outputs.len()];
        for (carry, at) in carries.into_iter().zip(&self.finals) {
            if let Some(at) = *at {
                out[at] = Some(carry);
            }
        }
        for (mut rows, &at) in rows.into_iter().zip(&self.stacked) {
            if self.reverse {
                rows.reverse();
            }
            out[at] = Some(Tensor::stack(&rows, &outputs[at])?);
        }
        let missing = || kerosene_ir::Error::internal("A loop left out one of its results.");
        out.into_iter().map(|o| o.ok_or_else(missing)).collect()
    }
}
