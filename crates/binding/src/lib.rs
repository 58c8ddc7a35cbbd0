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
