//! What went wrong, in words a Keras user knows.

use std::fmt;

/// Which of JavaScript's typed errors this becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value, shape or name that does not fit.
    Value,
    /// A dtype that does not fit.
    Type,
    /// More memory than there is.
    Memory,
    /// A thing this library does not do.
    Unsupported,
    /// A broken promise inside this library.
    Internal,
}

/// An error with the op's name, what was expected and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind of error.
    pub kind: ErrorKind,
    /// The whole sentence.
    pub message: String,
}

/// The result of anything that can be wrong.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A shape, value or name does not fit.
    pub fn value(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Value, message: message.into() }
    }

    /// A dtype does not fit.
    pub fn dtype(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Type, message: message.into() }
    }

    /// There is no memory left for it.
    pub fn memory(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Memory, message: message.into() }
    }

    /// A thing that is not done here.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Unsupported, message: message.into() }
    }

    /// A broken promise inside the library.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Internal, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
