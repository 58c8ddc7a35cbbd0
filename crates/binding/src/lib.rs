//! The N-API shell: turns JavaScript values into slices and ids, and errors into typed JavaScript errors. No meaning lives here.

// N-API registers nothing in a test build, so everything looks unused there; __test__ tests it inside Node.
#![cfg_attr(test, allow(dead_code))]

mod bytes;
mod epoch;
mod error;
mod files;
mod graph;
mod jobs;
mod plan;
mod spec;
mod variable;

use error::guard;
use napi_derive::napi;

/// JSON description of every op, for the generator of `ts/ops`.
#[napi]
pub fn registry() -> napi::Result<String> {
    guard(|| Ok(kerosene_ops::registry::describe()))
}

/// Throws when there is no device of this name here.
#[napi]
pub fn check_device(name: String) -> napi::Result<()> {
    guard(|| kerosene_exec::Device::named(&name).map(|_| ()))
}

/// A device of this machine.
#[napi(object)]
pub struct Device {
    /// As `checkDevice` takes it.
    pub name: String,
    /// Why it cannot be used; not there: it can.
    pub reason: Option<String>,
    /// What it does without, though it can be used.
    pub lacks: Option<String>,
}

/// All devices of this machine, and the first of each kind of GPU that it lacks.
#[napi]
pub fn devices() -> napi::Result<Vec<Device>> {
    guard(|| {
        let all = kerosene_exec::Device::all();
        let device = |kerosene_exec::Listing { name, reason, lacks }| Device { name, reason, lacks };
        Ok(all.into_iter().map(device).collect())
    })
}

/// Whether this addon was built for NVIDIA's GPUs.
#[napi]
pub fn has_cuda() -> bool {
    kerosene_exec::has_cuda()
}

/// What a device's tensors take.
#[napi(object)]
pub struct MemoryInfo {
    /// Bytes of the tensors that are there now.
    pub current: f64,
    /// How many there may be at most; not there: as many as the device has.
    pub limit: Option<f64>,
}

/// What the tensors of a device take.
#[napi]
pub fn memory_info(device: String) -> napi::Result<MemoryInfo> {
    guard(|| {
        let info = kerosene_exec::Device::named(&device)?.memory()?;
        Ok(MemoryInfo { current: info.current as f64, limit: info.limit.map(|n| n as f64) })
    })
}

/// Bounds the bytes of a device's tensors; without a number there is no bound.
#[napi]
pub fn set_memory_limit(device: String, bytes: Option<f64>) -> napi::Result<()> {
    guard(|| kerosene_exec::Device::named(&device)?.set_memory_limit(bytes.map(|n| n as usize)))
}

/// Copies of tensors between the host and devices.
#[napi(object)]
pub struct Transfers {
    /// How many from the host to a device.
    pub to_device: f64,
    /// Their bytes.
    pub to_device_bytes: f64,
    /// How many from a device to the host.
    pub to_host: f64,
    /// Their bytes.
    pub to_host_bytes: f64,
}

/// The copies since the process began.
#[napi]
pub fn transfers() -> Transfers {
    let t = kerosene_exec::transfers();
    Transfers {
        to_device: t.to_device as f64,
        to_device_bytes: t.to_device_bytes as f64,
        to_host: t.to_host as f64,
        to_host_bytes: t.to_host_bytes as f64,
    }
}

/// Number of threads a kernel may use, the caller's included.
#[napi]
pub fn threads() -> napi::Result<u32> {
    guard(|| Ok(kerosene_exec::threads() as u32))
}

/// Sets the number of threads, from 1 up.
#[napi]
pub fn set_threads(count: u32) -> napi::Result<()> {
    guard(|| {
        if count == 0 || count > 1024 {
            return Err(kerosene_ir::Error::value(format!(
                "The number of threads must be between 1 and 1024, but received {count}."
            )));
        }
        kerosene_exec::set_threads(count as usize);
        Ok(())
    })
}
