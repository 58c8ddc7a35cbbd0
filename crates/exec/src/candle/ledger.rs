//! Bytes of the tensors on each device, and how many there may be.

use super::tensor::size;
use candle_core::{Device, DeviceLocation, Storage, Tensor};
use kerosene_ir::{Error, Result};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::LazyLock};

/// A device's tensors by the address of what they keep their elements in: how many share it, and its bytes.
#[derive(Default)]
struct Ledger {
    shared: HashMap<usize, (usize, usize)>,
    live: usize,
    limit: Option<usize>,
}

static LEDGERS: LazyLock<Mutex<HashMap<DeviceLocation, Ledger>>> = LazyLock::new(Mutex::default);

/// What a device's tensors take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryInfo {
    /// Bytes of the tensors that are there now.
    pub current: usize,
    /// How many there may be at most; none: as many as the device has.
    pub limit: Option<usize>,
}

/// A tensor's part in the ledger, until it is dropped: before its tensor, whose address is free then.
#[derive(Debug)]
pub(super) struct Charge {
    at: DeviceLocation,
    address: usize,
}

impl Charge {
    /// Enters a tensor; what shares its elements with another costs nothing.
    pub fn new(tensor: &Tensor) -> Result<Charge> {
        let (at, address) = (tensor.device().location(), address(tensor));
        let mut ledgers = LEDGERS.lock();
        let ledger = ledgers.entry(at).or_default();
        if let Some((count, _)) = ledger.shared.get_mut(&address) {
            *count += 1;
            return Ok(Charge { at, address });
        }
        let bytes = size(tensor);
        if let Some(limit) = ledger.limit.filter(|&limit| ledger.live.saturating_add(bytes) > limit) {
            return Err(Error::memory(format!(
                "A tensor of {bytes} bytes does not fit on the device: its memory is limited to {limit} bytes, of which {} are \
                 in use. Use smaller batches, or raise the limit (keras.config.setMemoryLimit).",
                ledger.live
            )));
        }
        ledger.shared.insert(address, (1, bytes));
        ledger.live += bytes;
        Ok(Charge { at, address })
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let mut ledgers = LEDGERS.lock();
        let Some(ledger) = ledgers.get_mut(&self.at) else { return };
        let Some((count, bytes)) = ledger.shared.get_mut(&self.address) else { return };
        *count -= 1;
        if *count == 0 {
            ledger.live -= *bytes;
            ledger.shared.remove(&self.address);
        }
    }
}

fn address(tensor: &Tensor) -> usize {
    let (storage, _) = tensor.storage_and_layout();
    std::ptr::from_ref::<Storage>(&storage).addr()
}

/// Bounds the bytes of a device's tensors.
pub(crate) fn set_limit(device: &Device, limit: Option<usize>) {
    LEDGERS.lock().entry(device.location()).or_default().limit = limit;
}

/// What a device's tensors take.
pub(crate) fn info(device: &Device) -> MemoryInfo {
    let ledgers = LEDGERS.lock();
    ledgers.get(&device.location()).map_or_else(MemoryInfo::default, |l| MemoryInfo { current: l.live, limit: l.limit })
}

/// Bytes of data that a device may keep beside what it keeps of it already: what its limit leaves, else all that NVIDIA's GPUs
/// have (what does not fit goes again), and of memory that the host needs as well a part.
pub(crate) fn room(device: &Device, kept: usize) -> usize {
    const SHARED: usize = 2 << 30;
    let info = info(device);
    match info.limit {
        Some(limit) => limit.saturating_sub(info.current),
        None if device.is_cuda() => usize::MAX,
        None => SHARED.saturating_sub(kept),
    }
}
