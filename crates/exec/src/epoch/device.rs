//! Batches for a device: the data set goes there once where it fits, and batches are gathered there. What does not fit is
//! gathered here, by another thread, while the device computes.

use super::{Batches, Epoch, kept::Array, row_bytes};
use crate::{
    Program,
    candle::{Listed, Tensor, write},
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
    /// The inputs' rows: which they are, and where they are read.
    arrays: Vec<Array>,
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
    let arrays: Vec<Array> =
        specs.iter().zip(epoch.data).map(|(spec, &data)| Array::new(device, data, spec, epoch.samples)).collect();
    let (mut columns, mut rows) = (vec![], vec![]);
    for ((spec, &data), array) in specs.iter().zip(epoch.data).zip(&arrays) {
        // SAFETY: the caller of the epoch vouches for `samples` rows.
        let there = unsafe { epoch.kept.there(array, data, device)? };
        let here = Rows(data, row_bytes(spec)?);
        columns.push(match there {
            Some(tensor) => Column::There(tensor),
            None if order.is_some() => {
                rows.push(here);
                Column::Gathered
            }
            None => Column::Here(here),
        });
    }
    let mut batched =
        Batched { epoch, device, pool, order, arrays, ids: None, columns, ahead: None, outputs: vec![], pending: 0 };
    batched.ids = batched.with_room(Batched::sent_order)?;
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

    /// The order of the rows, on the device, where rows are there.
    fn sent_order(&self) -> Result<Option<Tensor>> {
        let Some(order) = self.order.filter(|_| self.columns.iter().any(Column::is_there)) else { return Ok(None) };
        // SAFETY: numbers as bytes.
        let bytes = unsafe { std::slice::from_raw_parts(order.as_ptr().cast::<u8>(), size_of_val(order)) };
        let sent = Tensor::sent(DType::U32, &[order.len()], bytes, self.device)?;
        sent.map(Some).ok_or_else(|| Error::internal("candle has no uint32."))
    }

    /// What `run` gives. Where it lacks memory, what else is on the device gives way, one thing after the other.
    fn with_room<R>(&mut self, run: impl Fn(&Self) -> Result<R>) -> Result<R> {
        loop {
            match run(self) {
                Err(e) if e.kind == ErrorKind::Memory && self.give_way()? => {}
                result => return result,
            }
        }
    }

    /// Frees some memory of the device; false where nothing can be spared.
    fn give_way(&mut self) -> Result<bool> {
        if self.pending > 0 {
            return self.collect().map(|()| true);
        }
        let Some(gone) = self.epoch.kept.give_way() else { return Ok(false) };
        let rows = self.epoch.data.iter().zip(self.epoch.program.inputs());
        for ((column, array), (&data, spec)) in self.columns.iter_mut().zip(&self.arrays).zip(rows) {
            if *array == gone {
                *column = Column::Here(Rows(data, row_bytes(spec)?));
            }
        }
        if !self.columns.iter().any(Column::is_there) {
            self.ids = None;
        }
        Ok(true)
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
        // A step that fails changes nothing.
        let outputs = self.with_room(|batched| {
            // SAFETY: passed on.
            let inputs = unsafe { batched.inputs(program, first, rows, &gathered)? };
            program.step(batched.pool, &inputs)
        })?;
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
