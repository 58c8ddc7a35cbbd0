//! How often tensors were copied between the host and devices: whoever copies says so here. A kernel's arguments are no copies.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static COUNTS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// Copies since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfers {
    /// How many from the host to a device.
    pub to_device: u64,
    /// Their bytes.
    pub to_device_bytes: u64,
    /// How many from a device to the host: each waits for the device.
    pub to_host: u64,
    /// Their bytes.
    pub to_host_bytes: u64,
}

/// Counts a copy from the host to a device.
pub fn to_device(bytes: usize) {
    COUNTS[0].fetch_add(1, Relaxed);
    COUNTS[1].fetch_add(bytes as u64, Relaxed);
}

/// Counts a copy from a device to the host.
pub fn to_host(bytes: usize) {
    COUNTS[2].fetch_add(1, Relaxed);
    COUNTS[3].fetch_add(bytes as u64, Relaxed);
}

/// What was counted.
pub fn transfers() -> Transfers {
    let [to_device, to_device_bytes, to_host, to_host_bytes] = COUNTS.each_ref().map(|n| n.load(Relaxed));
    Transfers { to_device, to_device_bytes, to_host, to_host_bytes }
}
