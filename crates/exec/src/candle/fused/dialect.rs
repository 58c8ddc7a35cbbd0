//! The languages that kernels are written in.

use super::source::{Access, Index, Parameter};
use kerosene_ir::DType;

/// A language of kernels: C++ with small differences, which its prelude takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// CUDA C++, as NVRTC takes it.
    Cuda,
    /// Metal's shading language.
    Metal,
}

/// Functions that Metal does not have or not exactly, and its prelude does not supply.
const METAL_LACKS: [&str; 5] = ["cbrt(", "erfc(", "fmod(", "hypot(", "nextafter("];

impl Dialect {
    /// What stands before kernels.
    pub fn prelude(self) -> String {
        let own = match self {
            Dialect::Cuda => include_str!("cuda.h"),
            Dialect::Metal => include_str!("metal.h"),
        };
        format!("{own}\n{}", include_str!("common.h"))
    }

    /// How many parameters and lengths a kernel takes at most.
    pub fn room(self) -> usize {
        match self {
            // 4 KiB of arguments.
            Dialect::Cuda => 500,
            // Buffers of an argument table.
            Dialect::Metal => 31,
        }
    }

    /// Whether it has these dtypes and the functions of an expression.
    pub fn knows(self, expression: &str, mut dtypes: impl Iterator<Item = DType>) -> bool {
        match self {
            Dialect::Cuda => true,
            Dialect::Metal => dtypes.all(|d| d != DType::F64) && !METAL_LACKS.iter().any(|&f| expression.contains(f)),
        }
    }

    /// A kernel: its name, what it takes (parameters, then `lengths` numbers `n0`…), and what it does with element `i`.
    pub(super) fn kernel(
        self,
        name: &str,
        parameters: &[Parameter],
        lengths: usize,
        index: Index,
        body: &str,
    ) -> String {
        let count = parameters.len();
        let parameter = |(k, p): (usize, &Parameter)| {
            let dtype = type_name(p.dtype);
            match (self, p.access) {
                (Dialect::Cuda, Access::Value) => format!("{dtype} p{k}"),
                (Dialect::Cuda, Access::Read) => format!("const {dtype}* __restrict__ p{k}"),
                (Dialect::Cuda, Access::Written) => format!("{dtype}* __restrict__ p{k}"),
                (Dialect::Metal, Access::Value) => format!("constant {dtype}& p{k} [[buffer({k})]]"),
                (Dialect::Metal, Access::Read) => format!("device const {dtype}* p{k} [[buffer({k})]]"),
                (Dialect::Metal, Access::Written) => format!("device {dtype}* p{k} [[buffer({k})]]"),
            }
        };
        let length = |k: usize| match self {
            Dialect::Cuda => format!("{} n{k}", index.name()),
            Dialect::Metal => format!("constant u32& n{k} [[buffer({})]]", count + k),
        };
        let mut takes: Vec<String> =
            parameters.iter().enumerate().map(parameter).chain((0..lengths).map(length)).collect();
        let (head, first) = match self {
            Dialect::Cuda => {
                let i = index.name();
                ("extern \"C\" __global__ void", format!("  {i} i = {i}(blockIdx.x) * blockDim.x + threadIdx.x;\n"))
            }
            Dialect::Metal => {
                takes.push("u32 at [[thread_position_in_grid]]".into());
                ("kernel void", "  u32 i = at;\n".into())
            }
        };
        format!("{head} {name}({}) {{\n{first}{body}}}\n", takes.join(", "))
    }

    /// What a parameter is as a local variable: a pointer to elements, or a number.
    pub(super) fn variable(self, p: Parameter) -> String {
        let (space, dtype) = (if self == Dialect::Metal { "device " } else { "" }, type_name(p.dtype));
        match p.access {
            Access::Value => dtype.into(),
            Access::Read => format!("{space}const {dtype}*"),
            Access::Written => format!("{space}{dtype}*"),
        }
    }
}

/// The type that holds an element: bool is a byte of 0 or 1, floats of 16 bits are their bits.
pub fn type_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool | DType::U8 => "u8",
        DType::U16 | DType::F16 | DType::BF16 => "u16",
        DType::U32 => "u32",
        DType::U64 => "u64",
        DType::I8 => "i8",
        DType::I16 => "i16",
        DType::I32 => "i32",
        DType::I64 => "i64",
        DType::F32 => "f32",
        DType::F64 => "f64",
    }
}
