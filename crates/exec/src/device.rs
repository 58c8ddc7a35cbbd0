//! Where programs run.

use kerosene_ir::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;

/// A device by Keras's kind of name: `cpu` (this package's own kernels), `candle:cpu` (candle's tensors on the CPU),
/// `cuda:0`, `metal:0` (candle's tensors on a GPU, counted from 0).
#[derive(Clone, Debug, Default)]
pub enum Device {
    /// This package's own kernels.
    #[default]
    Cpu,
    /// candle's tensors.
    Candle(candle_core::Device),
}

/// GPUs that were asked for: opening one is dear, and tensors of two openings cannot meet.
static OPENED: Mutex<Option<HashMap<(bool, usize), candle_core::Device>>> = Mutex::new(None);

impl Device {
    /// The device of a name.
    ///
    /// # Errors
    /// When there is no such name, this build cannot use such a device, or the machine does not have it.
    pub fn named(name: &str) -> Result<Device> {
        let (kind, number) = name.split_once(':').unwrap_or((name, "0"));
        let unknown = || {
            Error::value(format!(
                "There is no device named '{name}'. Devices are \"cpu\", \"candle:cpu\", \"cuda:0\" and \"metal:0\" (or another number)."
            ))
        };
        match (kind, number) {
            ("cpu", "0") => Ok(Device::Cpu),
            ("candle", "cpu") => Ok(Device::Candle(candle_core::Device::Cpu)),
            ("cuda" | "gpu" | "metal", n) => {
                let number: usize = n.parse().map_err(|_| unknown())?;
                open(kind == "metal", number).map(Device::Candle)
            }
            _ => Err(unknown()),
        }
    }
}

fn open(metal: bool, number: usize) -> Result<candle_core::Device> {
    let mut opened = OPENED.lock();
    let opened = opened.get_or_insert_default();
    if let Some(device) = opened.get(&(metal, number)) {
        return Ok(device.clone());
    }
    let made = if metal { candle_core::Device::new_metal(number) } else { candle_core::Device::new_cuda(number) };
    let device = made.map_err(|e| {
        let kind = if metal { "metal" } else { "cuda" };
        Error::unsupported(format!(
            "The device {kind}:{number} cannot be used: {e}. The CPU is always there: setDevice(\"cpu\")."
        ))
    })?;
    opened.insert((metal, number), device.clone());
    Ok(device)
}
