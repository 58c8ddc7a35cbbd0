//! Where programs run.

use crate::candle::{self, MemoryInfo};
use kerosene_ir::{Error, Result};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

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

/// A kind of GPU.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Gpu {
    Cuda,
    Metal,
}

/// GPUs that were asked for: opening one is dear, and tensors of two openings cannot meet.
static OPENED: Mutex<Option<HashMap<(Gpu, usize), candle_core::Device>>> = Mutex::new(None);

/// A device's name and, where it cannot be used, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// As in [`Device::named`].
    pub name: String,
    /// Why it cannot be used; none: it can.
    pub reason: Option<String>,
    /// What it does without, though it can be used.
    pub lacks: Option<String>,
}

/// Whether this build has NVIDIA's GPUs.
pub const fn has_cuda() -> bool {
    cfg!(feature = "cuda")
}

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
                open(if kind == "metal" { Gpu::Metal } else { Gpu::Cuda }, number).map(Device::Candle)
            }
            _ => Err(unknown()),
        }
    }

    /// Bounds the bytes of tensors on it: none lifts the bound.
    ///
    /// # Errors
    /// Where memory is not counted: on `cpu`.
    pub fn set_memory_limit(&self, limit: Option<usize>) -> Result<()> {
        candle::set_limit(self.counted()?, limit);
        Ok(())
    }

    /// What its tensors take.
    ///
    /// # Errors
    /// As [`Device::set_memory_limit`].
    pub fn memory(&self) -> Result<MemoryInfo> {
        self.counted().map(candle::info)
    }

    fn counted(&self) -> Result<&candle_core::Device> {
        match self {
            Device::Candle(device) => Ok(device),
            Device::Cpu => Err(Error::unsupported(
                "The memory of \"cpu\" is the process's own and is not counted; \"candle:cpu\" and GPUs count theirs.",
            )),
        }
    }

    /// All devices of this machine, and the first of each kind of GPU that it lacks.
    pub fn all() -> Vec<Listing> {
        let cpus = ["cpu", "candle:cpu"].map(|name| Listing { name: name.into(), reason: None, lacks: None });
        let gpus = [Gpu::Cuda, Gpu::Metal].into_iter().flat_map(|kind| match kind.count() {
            Ok(count) => {
                (0..count).map(|i| Listing { name: kind.name(i), reason: None, lacks: kind.lacks() }).collect()
            }
            Err(reason) => vec![Listing { name: kind.name(0), reason: Some(reason), lacks: None }],
        });
        cpus.into_iter().chain(gpus).collect()
    }
}

impl Gpu {
    fn name(self, number: usize) -> String {
        format!("{}:{number}", if self == Gpu::Metal { "metal" } else { "cuda" })
    }

    /// How many there are, or why none.
    fn count(self) -> std::result::Result<usize, String> {
        match self {
            #[cfg(feature = "cuda")]
            Gpu::Cuda => crate::cuda::gpus(),
            #[cfg(not(feature = "cuda"))]
            Gpu::Cuda => Err("this addon is built without CUDA".into()),
            Gpu::Metal if cfg!(target_os = "macos") => Ok(1),
            Gpu::Metal => Err("Metal is part of macOS".into()),
        }
    }

    /// What is slower than it could be, and why.
    fn lacks(self) -> Option<String> {
        match self {
            #[cfg(feature = "cuda")]
            Gpu::Cuda => crate::cuda::nvrtc().err(),
            _ => None,
        }
    }

    fn open(self, number: usize) -> std::result::Result<candle_core::Device, String> {
        let count = self.count()?;
        if number >= count {
            return Err(format!("there are {count} of this kind, counted from 0"));
        }
        let make = || match self {
            Gpu::Metal => candle_core::Device::new_metal(number),
            Gpu::Cuda => candle_core::Device::new_cuda(number),
        };
        // What a library lacks is a panic there.
        catch_unwind(AssertUnwindSafe(make))
            .map_err(|panic| crate::program::panicked(panic).to_string())?
            .map_err(|e| e.to_string())
    }
}

fn open(kind: Gpu, number: usize) -> Result<candle_core::Device> {
    let mut opened = OPENED.lock();
    let opened = opened.get_or_insert_default();
    if let Some(device) = opened.get(&(kind, number)) {
        return Ok(device.clone());
    }
    let device = kind.open(number).map_err(|reason| {
        let name = kind.name(number);
        Error::unsupported(format!(
            "The device {name} cannot be used: {reason}. The CPU is always there: setDevice(\"cpu\")."
        ))
    })?;
    opened.insert((kind, number), device.clone());
    Ok(device)
}
