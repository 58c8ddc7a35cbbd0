//! Errors and panics on their way to JavaScript.

use kerosene_ir::{Error, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The JavaScript error: its message starts with the class the TypeScript side makes of it, `ValueError: …`.
pub fn to_js(e: Error) -> napi::Error {
    let class = match e.kind {
        ErrorKind::Value => "ValueError",
        ErrorKind::Type => "TypeError",
        ErrorKind::Memory => "ResourceExhaustedError",
        ErrorKind::Unsupported => "NotImplementedError",
        ErrorKind::Internal => "InternalError",
    };
    napi::Error::from_reason(format!("{class}: {}", e.message))
}

/// Runs `f`; a panic becomes an error instead of the end of the process.
pub fn guarded<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Error::internal(format!("{} (a bug in kerosene; please report it).", text.unwrap_or("unknown panic"))))
    })
}

/// [`guarded`], with the error as JavaScript sees it.
pub fn guard<T>(f: impl FnOnce() -> Result<T, Error>) -> napi::Result<T> {
    guarded(f).map_err(to_js)
}
