//! What can go wrong while reading a file.

use std::fmt;

/// The result of reading a file.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file was refused. The message says what was expected and what was found.
#[derive(Debug)]
pub struct Error {
    message: String,
}

impl Error {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// The same error, told to have happened in `place` (a file, or a member of an archive).
    #[must_use]
    pub fn within(self, place: impl fmt::Display) -> Self {
        Self { message: format!("{place}: {}", self.message) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}
