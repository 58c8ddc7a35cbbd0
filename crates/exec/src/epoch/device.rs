//! Batches for a device: the data set goes there once where it fits, and batches are gathered there. What does not fit is
//! gathered here, by another thread, while the device computes.

use super::{Batches, Epoch, row_bytes};
use crate::{
    Program,
    candle::{Listed, Tensor, room, write},
};
use candle_core::Device;
use kerosene_ir::{DType, Error, ErrorKind, Result, Spec};
use kerosene_kernels::Pool;
use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

/// Batches that are gathered ahead.
const AHEAD: usize = 2;
/// Bytes of collected outputs that stay on the device until they are copied together, at most.
const PENDING: usize = 64 << 20;

/// An input's rows.
enum Column {
    /// All of them, on the device.
    There(Tensor),
    /// Here, and put together when they are wanted.
    Here(Rows),
    /// Here; batches come from the thread that gathers them.
    Gathered,
}

/// The address of rows of so many bytes.
#[derive(Clone, Copy)]
struct Rows(*const u8, usize);

// SAFETY: rows are read alone, while who called the epoch keeps them.
unsafe impl Send for Rows {}

pub struct Batched<'a> {
    epoch: &'a Epoch<'a>,
    device: &'a Device,
    pool: &'a Pool,
    /// The order of the rows, here and on the device.
    order: Option<&'a [u32]>,
    ids: Option<Tensor>,
    columns: Vec<Column>,
    /// Gathered batches of the columns that are gathered here.
    ahead: Option<Receiver<Vec<Vec<u8>>>>,
    /// The last step's outputs; of collected ones all that were not copied yet, with the row they begin at.
    outputs: Vec<(usize, Vec<Tensor>)>,
    pending: usize,
}

/// Runs `pass` on an epoch's batches.
pub fn with<R>(
    epoch: &Epoch<'_>,
    at: &Listed,
    pool: &Pool,
    order: Option<&[u32]>,
    pass: impl FnOnce(&mut Batched<'_>) -> Result<R>,
) -> Result<R> {
    let device = at.device();
    let specs = at.inputs();
    let mut left = room(device);
    let mut columns = vec![];
    for (i, (spec, &data)) in specs.iter().zip(epoch.data).enumerate() {
        let row = row_bytes(spec)?;
        // What is learned from itself is sent once.
        let same = (0..i).find(|&j| epoch.data[j] == data && specs[j] == *spec);
        let there = match same.map(|j| &columns[j]) {
            Some(Column::There(tensor)) => Some(tensor.clone()),
            // SAFETY: the caller of the epoch vouches for `samples` rows.
            _ => unsafe { whole(epoch.samples, spec, row, data, device, &mut left)? },
        };
        columns.push(match there {
            Some(tensor) => Column::There(tensor),
            None if order.is_some() => Column::Gathered,
            None => Column::Here(Rows(data, row)),
        });
    }
    let ids = match order {
        Some(order) if columns.iter().any(Column::is_there) => Some(sent_order(order, device)?),
        _ => None,
    };
    let gathered = columns.iter().zip(specs).zip(epoch.data).filter(|((c, _), _)| matches!(c, Column::Gathered));
    let rows = gathered.map(|((_, spec), &data)| Ok(Rows(data, row_bytes(spec)?))).collect::<Result<Vec<_>>>()?;
    let mut batched = Batched { epoch, device, pool, order, ids, columns, ahead: None, outputs: vec![], pending: 0 };
    let Some(order) = order.filter(|_| !rows.is_empty()) else { return pass(&mut batched) };
    thread::scope(|scope| {
        let (to, from) = sync_channel(AHEAD - 1);
        let batches: Vec<(usize, usize)> = (0..epoch.steps()).map(|step| epoch.batch(step)).collect();
        thread::Builder::new()
            .name("kerosene data".into())
            .spawn_scoped(scope, move || gather(&rows, &batches, order, &to))
            .map_err(|e| Error::internal(format!("A thread could not be started: {e}.")))?;
        batched.ahead = Some(from);
        let result = pass(&mut batched);
        // The thread ends when nobody takes its batches any more.
        drop(batched);
        result
    })
}

/// The order of the rows, on the device.
fn sent_order(order: &[u32], device: &Device) -> Result<Tensor> {
    // SAFETY: numbers as bytes.
    let bytes = unsafe { std::slice::from_raw_parts(order.as_ptr().cast::<u8>(), size_of_val(order)) };
    Tensor::sent(DType::U32, &[order.len()], bytes, device)?.ok_or_else(|| Error::internal("candle has no uint32."))
}

/// All rows of an input on the device, unless they do not fit into what is `left` or candle does not have the dtype.
///
/// # Safety
/// The address holds so many rows.
unsafe fn whole(
    samples: usize,
    spec: &Spec,
    row: usize,
    data: *const u8,
    device: &Device,
    left: &mut usize,
) -> Result<Option<Tensor>> {
    let Some(taken) = Tensor::bytes_there(spec.dtype, samples.saturating_mul(row / spec.dtype.size())) else {
        return Ok(None);
    };
    if taken > *left || taken == 0 {
        return Ok(None);
    }
    let mut dims = spec.dims("An input")?;
    dims[0] = samples;
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { std::slice::from_raw_parts(data, samples * row) };
    match Tensor::sent(spec.dtype, &dims, bytes, device) {
        Err(e) if e.kind == ErrorKind::Memory => Ok(None),
        sent => {
            *left -= taken;
            sent
        }
    }
}

impl Column {
    fn is_there(&self) -> bool {
        matches!(self, Column::There(_))
    }
}

impl Rows {
    /// The rows of these numbers, one after the other.
    ///
    /// # Safety
    /// There are such rows.
    unsafe fn gathered(self, order: &[u32]) -> Vec<u8> {
        let Rows(data, row) = self;
        let mut batch = Vec::with_capacity(order.len() * row);
        for &i in order {
            // SAFETY: the caller vouches for it.
            batch.extend_from_slice(unsafe { std::slice::from_raw_parts(data.add(i as usize * row), row) });
        }
        batch
    }
}

/// Puts the batches together one after the other, until nobody wants them.
fn gather(columns: &[Rows], batches: &[(usize, usize)], order: &[u32], to: &SyncSender<Vec<Vec<u8>>>) {
    for &(first, rows) in batches {
        // SAFETY: the order names rows of the data.
        let one = |column: &Rows| unsafe { column.gathered(&order[first..first + rows]) };
        if to.send(columns.iter().map(one).collect()).is_err() {
            return;
        }
    }
}

impl Batched<'_> {
    /// # Safety
    /// As [`Batches::step`].
    unsafe fn inputs(&self, program: &Listed, first: usize, rows: usize, gathered: &[Vec<u8>]) -> Result<Vec<Tensor>> {
        let mut gathered = gathered.iter();
        let ids = self.ids.as_ref().map(|order| order.narrow(first, rows)).transpose()?;
        let one = |(column, spec): (&Column, &Spec)| match (column, self.order) {
            (Column::There(all), _) => match &ids {
                Some(ids) => all.rows(ids, self.device),
                None => all.narrow(first, rows),
            },
            // SAFETY: the rows are within the data.
            (Column::Here(Rows(data, row)), None) => unsafe { Tensor::read(spec, data.add(first * row)) },
            (Column::Here(here), Some(order)) => {
                // SAFETY: the order names rows of the data.
                let bytes = unsafe { here.gathered(&order[first..first + rows]) };
                // SAFETY: so many rows were gathered.
                unsafe { Tensor::read(spec, bytes.as_ptr()) }
            }
            (Column::Gathered, _) => {
                let bytes = gathered.next().ok_or_else(|| Error::internal("A gathered batch is missing."))?;
                // SAFETY: so many rows were gathered.
                unsafe { Tensor::read(spec, bytes.as_ptr()) }
            }
        };
        self.columns.iter().zip(program.inputs()).map(one).collect()
    }

    /// Gives the room of the data on the device to the steps; false where there is none.
    fn give_way(&mut self) -> Result<bool> {
        let any = self.columns.iter().any(Column::is_there) || self.pending > 0;
        self.collect()?;
        self.ids = None;
        let rows = self.epoch.data.iter().zip(self.epoch.program.inputs());
        for (column, (&data, spec)) in self.columns.iter_mut().zip(rows).filter(|(column, _)| column.is_there()) {
            *column = Column::Here(Rows(data, row_bytes(spec)?));
        }
        Ok(any)
    }

    /// Copies what is collected to where it is wanted.
    fn collect(&mut self) -> Result<()> {
        let (Some(collect), [(first, _), ..]) = (self.epoch.collect, &self.outputs[..]) else { return Ok(()) };
        for (i, (spec, base)) in self.epoch.program.outputs().iter().zip(collect).enumerate() {
            let parts: Vec<Tensor> = self.outputs.iter().map(|(_, outputs)| outputs[i].clone()).collect();
            // SAFETY: the caller of the epoch vouches for `samples` rows, and batches follow each other.
            unsafe { write(&Tensor::joined(&parts, self.device)?, base.add(first * row_bytes(spec)?))? };
        }
        self.outputs.clear();
        self.pending = 0;
        Ok(())
    }
}

impl Batches for Batched<'_> {
    unsafe fn step(&mut self, program: &Program, first: usize, rows: usize) -> Result<()> {
        let program = program.on_candle().ok_or_else(|| Error::internal("An epoch's programs are on two devices."))?;
        let gathered = match &self.ahead {
            Some(ahead) => ahead.recv().map_err(|_| Error::internal("No batch was gathered."))?,
            None => vec![],
        };
        let run = |batched: &Self| {
            // SAFETY: passed on.
            let inputs = unsafe { batched.inputs(program, first, rows, &gathered)? };
            program.step(batched.pool, &inputs)
        };
        let outputs = match run(self) {
            // A step that fails changes nothing.
            Err(e) if e.kind == ErrorKind::Memory && self.give_way()? => run(self)?,
            outputs => outputs?,
        };
        if self.epoch.collect.is_none() {
            self.outputs.clear();
        } else {
            for spec in program.outputs() {
                self.pending += crate::variable::byte_size("epoch", spec)?;
            }
        }
        self.outputs.push((first, outputs));
        if self.pending > PENDING { self.collect() } else { Ok(()) }
    }

    fn numbers(&self) -> Result<Vec<f64>> {
        if self.epoch.collect.is_some() {
            return Ok(vec![]);
        }
        let last = self.outputs.iter().flat_map(|(_, outputs)| outputs);
        last.map(|o| Ok(o.fetched()?.as_scalar().unwrap_or(f64::NAN))).collect()
    }

    fn end(&mut self) -> Result<()> {
        self.collect()
    }
}
