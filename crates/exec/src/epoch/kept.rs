//! Arrays that stay on a device from one epoch to the next.

use crate::{
    candle::{Tensor, room},
    variable::byte_size,
};
use candle_core::{Device, DeviceLocation};
use kerosene_ir::{ErrorKind, Result, Spec};
use parking_lot::Mutex;

/// The arrays of a run, on its device: copied there when an epoch first reads them, as far as they fit, until the run ends or
/// its steps need the memory. Which ones fit is found out once: what gave way is not copied again.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Vec<(Array, Option<Tensor>)>>);

/// All rows of an input, known by where they lie.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    device: DeviceLocation,
    address: usize,
    spec: Spec,
}

impl Array {
    /// `samples` rows of an input that takes batches of `spec`.
    pub fn new(device: &Device, data: *const u8, spec: &Spec, samples: usize) -> Self {
        let mut spec = spec.clone();
        spec.shape[0] = Some(samples);
        Self { device: device.location(), address: data.addr(), spec }
    }

    /// Bytes that it takes on the device; none where candle does not have the dtype.
    fn bytes(&self) -> Option<usize> {
        Tensor::bytes_there(self.spec.dtype, self.spec.len().unwrap_or(usize::MAX))
    }
}

impl Kept {
    /// An array on its device; none where it does not fit there or candle does not have the dtype.
    ///
    /// # Safety
    /// The address holds the array.
    pub(super) unsafe fn there(&self, array: &Array, data: *const u8, device: &Device) -> Result<Option<Tensor>> {
        let mut kept = self.0.lock();
        if let Some((_, tensor)) = kept.iter().find(|(known, _)| known == array) {
            return Ok(tensor.clone());
        }
        let taken = kept.iter().filter(|(_, tensor)| tensor.is_some()).filter_map(|(array, _)| array.bytes()).sum();
        let fits = array.bytes().is_some_and(|bytes| bytes > 0 && bytes <= room(device, taken));
        // SAFETY: passed on.
        let tensor = if fits { unsafe { sent(&array.spec, data, device)? } } else { None };
        kept.push((array.clone(), tensor.clone()));
        Ok(tensor)
    }

    /// Lets the array go that came last; none where none is left.
    pub(super) fn give_way(&self) -> Option<Array> {
        let mut kept = self.0.lock();
        let (array, tensor) = kept.iter_mut().rev().find(|(_, tensor)| tensor.is_some())?;
        *tensor = None;
        Some(array.clone())
    }

    /// Lets all arrays go: when the run ends, and before their memory holds anything else.
    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

/// A copy on the device; none where there is no memory for it.
///
/// # Safety
/// The address holds the spec's bytes.
unsafe fn sent(spec: &Spec, data: *const u8, device: &Device) -> Result<Option<Tensor>> {
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { std::slice::from_raw_parts(data, byte_size("epoch", spec)?) };
    match Tensor::sent(spec.dtype, &spec.dims("An input")?, bytes, device) {
        Err(e) if e.kind == ErrorKind::Memory => Ok(None),
        sent => sent,
    }
}
