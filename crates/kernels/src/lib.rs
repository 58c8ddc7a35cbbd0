//! Numeric kernels: slices in, slices out. No graph, no shapes with unknown dimensions, no dtypes decided here.
//!
//! [`Kernel`] is a prepared computation: everything that depends on shapes and attributes is decided when it is made, so that
//! running it only computes. [`Lane`] is an elementwise function over runs of elements; the executor fuses lanes into one pass.

pub mod attention;
mod channels;
pub mod conv;
mod denormals;
pub mod fft;
mod gather;
mod gemm;
mod io;
mod lane;
pub mod linalg;
pub mod math;
#[cfg(target_arch = "x86_64")]
mod matrix;
mod micro;
pub mod philox;
mod pool;
pub mod pooling;
mod prefetch;
mod product;
mod reduce;
mod shared;
pub mod softmax;
pub mod standardize;
mod strided;

pub use channels::Channels;
pub use denormals::{Quiet, quiet_denormals};
pub use gather::gather_rows;
pub use gemm::{Real, gemm};
pub use io::{Io, Kernel, Parts, Passing, Tail};
pub use lane::{Lane, binary, nullary, quinary, simd, ternary, unary};
pub use pool::Pool;
pub use prefetch::{ahead, prefetch};
pub use reduce::{Folding, reduce};
pub use shared::share_parts;
pub use strided::{StridedCopy, strides};
