//! Products of matrices, their decompositions and systems of equations.

mod cholesky;
mod cofactor;
mod det;
mod eig_packed;
mod eigh_packed;
mod factor;
mod inv;
mod layout;
mod lu;
mod matmul;
mod pinv;
mod qr_packed;
mod sign_log_det;
mod solve;
mod svd_packed;

use crate::Def;
use factor::Factored;
pub use matmul::matmul;
use solve::Solve;

/// What the files of this room are written with.
mod prelude {
    pub use crate::{Define, GraphOps, Lower, Lowered, Param, Promote, Sample, def, def::param, for_dtype};
    pub use kerosene_ir::{DType, Dim, Error, Graph, Op, Result, Spec, Value, Vjp};
    pub use kerosene_kernels::{Kernel, linalg as kernels};
    pub use serde::{Deserialize, Serialize, de::DeserializeOwned};
    pub use std::fmt::Debug;
}

/// The ops of this room.
pub const OPS: &[Def] = &[
    Def::of::<matmul::Matmul>(),
    Def::of::<Factored<cholesky::Cholesky>>(),
    Def::of::<Factored<cofactor::Cofactor>>(),
    Def::of::<Factored<det::Det>>(),
    Def::of::<Factored<eig_packed::Eig>>(),
    Def::of::<Factored<eigh_packed::Eigh>>(),
    Def::of::<Factored<inv::Inv>>(),
    Def::of::<Factored<lu::LuFactors>>(),
    Def::of::<Factored<lu::LuPermutation>>(),
    Def::of::<Factored<lu::LuPivots>>(),
    Def::of::<Factored<pinv::Pinv>>(),
    Def::of::<Factored<qr_packed::Qr>>(),
    Def::of::<Factored<sign_log_det::SignLogDet>>(),
    Def::of::<Solve<solve::General>>(),
    Def::of::<Solve<solve::Triangular>>(),
    Def::of::<Factored<svd_packed::Svd>>(),
];
