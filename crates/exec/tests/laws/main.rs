//! The laws every op keeps, walked over the registry's samples: an op without samples fails.
#![allow(missing_docs, reason = "tests")]

mod candle;
mod derivatives;
mod half;
mod harness;
mod kernels;
mod shapes;
