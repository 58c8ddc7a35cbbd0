//! Batches for this package's own kernels: rows where they lie, or put together in memory of their own.

use super::{Batches, Epoch, number, row_bytes};
use crate::{Program, memory::Memory};
use kerosene_ir::Result;
use kerosene_kernels::Pool;

/// An input's rows, and where a batch of them is put together.
struct Column {
    data: *const u8,
    row: usize,
    align: usize,
    staging: Option<Memory>,
}

pub struct Host<'a> {
    epoch: &'a Epoch<'a>,
    pool: &'a Pool,
    order: Option<&'a [u32]>,
    columns: Vec<Column>,
    inputs: Vec<*const u8>,
    logs: Vec<Memory>,
    outputs: Vec<*mut u8>,
}

impl<'a> Host<'a> {
    pub fn new(epoch: &'a Epoch<'a>, pool: &'a Pool, order: Option<&'a [u32]>) -> Result<Self> {
        let columns = epoch.program.inputs().iter().zip(epoch.data).map(|(spec, &data)| {
            let row = row_bytes(spec)?;
            let align = spec.dtype.size();
            let copied = order.is_some() || data.addr() % align != 0;
            let bytes = if copied { row.saturating_mul(epoch.batch_size) } else { 0 };
            let staging = copied.then(|| Memory::new(bytes, "A batch")).transpose()?;
            Ok(Column { data, row, align, staging })
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let logs: Vec<Memory> =
            epoch.program.outputs().iter().map(|_| Memory::new(8, "A log")).collect::<Result<_>>()?;
        let outputs = logs.iter().map(Memory::start).collect();
        let inputs = vec![std::ptr::null(); columns.len()];
        Ok(Self { epoch, pool, order, columns, inputs, logs, outputs })
    }
}

impl Batches for Host<'_> {
    unsafe fn step(&mut self, program: &Program, first: usize, rows: usize) -> Result<()> {
        for (column, input) in self.columns.iter_mut().zip(&mut self.inputs) {
            // SAFETY: the caller vouches for `samples` rows of data; `first + rows` is within them.
            *input = unsafe { column.batch(self.pool, first, rows, self.order) };
        }
        if let Some(collect) = self.epoch.collect {
            for ((to, base), spec) in self.outputs.iter_mut().zip(collect).zip(self.epoch.program.outputs()) {
                // SAFETY: the caller vouches for `samples` rows.
                *to = unsafe { base.add(first * row_bytes(spec)?) };
            }
        }
        // SAFETY: inputs and outputs were sized for this program by the epoch's check.
        unsafe { program.run_on(self.pool, &self.inputs, &self.outputs) }
    }

    fn numbers(&self) -> Result<Vec<f64>> {
        if self.epoch.collect.is_some() {
            return Ok(vec![]);
        }
        let specs = self.epoch.program.outputs();
        // SAFETY: each log holds 8 bytes, enough for one element of any dtype, written by the step before.
        Ok(specs.iter().zip(&self.logs).map(|(s, m)| unsafe { number(s.dtype, m.start()) }).collect())
    }

    fn end(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Column {
    /// Address of a batch: in the data itself when the rows are in order there, else in the staging memory.
    ///
    /// # Safety
    /// The data holds the rows `first..first + rows`, or all that `order` names.
    unsafe fn batch(&mut self, pool: &Pool, first: usize, rows: usize, order: Option<&[u32]>) -> *const u8 {
        debug_assert!(self.align > 0);
        // SAFETY: within the data.
        let here = unsafe { self.data.add(first * self.row) };
        let Some(staging) = &self.staging else { return here };
        let to = staging.start();
        match order {
            // SAFETY: the staging memory holds a whole batch.
            None => unsafe { std::ptr::copy_nonoverlapping(here, to, rows * self.row) },
            Some(order) => {
                // SAFETY: `order` names rows of the data.
                unsafe { kerosene_kernels::gather_rows(pool, self.data, self.row, &order[first..first + rows], to) }
            }
        }
        to
    }
}
