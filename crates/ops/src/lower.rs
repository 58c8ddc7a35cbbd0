//! How an op becomes code on the CPU.

use kerosene_ir::{Graph, Op, Result, Spec, Value};
use kerosene_kernels::{Kernel, Lane};

/// What an op runs as.
pub enum Lowered {
    /// An elementwise function, which the executor fuses with its neighbours.
    Lane(Lane),
    /// A kernel of its own.
    Kernel(Kernel),
    /// Nothing: the output is the first input's bytes.
    Alias,
    /// A graph of its own, again and again.
    Loop(Box<Loop>),
}

/// A graph that is run once for each step. Its inputs are the op's, in their order: carries, sequences (of which it gets one
/// element along the first axis), and what every step gets whole.
#[derive(Debug)]
pub struct Loop {
    /// One step.
    pub body: Graph,
    /// New values of the carries.
    pub carries: Vec<Value>,
    /// How many sequences follow the carries.
    pub sequences: usize,
    /// How many steps.
    pub steps: usize,
    /// From the end of the sequences to their start.
    pub reverse: bool,
    /// For each carry, the output that its last value is.
    pub finals: Vec<Option<usize>>,
    /// Values of each step that are elements of an output along its first axis.
    pub stacked: Vec<(Value, usize)>,
}

/// The result of candle, where it has the op and means the same by it.
pub type Candle = candle_core::Result<Option<candle_core::Tensor>>;

/// An op that runs. Composites do not: they expand into others when they are recorded.
pub trait Lower: Op {
    /// The code for these specs, whose dimensions are all known. For a [`Lowered::Lane`] only the dtypes matter: operands
    /// broadcast to the shape of the output.
    fn lower(&self, inputs: &[&Spec], outputs: &[&Spec]) -> Result<Lowered>;

    /// For a [`Lowered::Lane`], the same for one element as an expression in C++, where there is one: of the operands `a`, `b`, `c`…, the
    /// type `A` of the first and the type `T` of the result. Where the op is `placed`, of the operands' bytes as numbers `u64` and the
    /// element's place `i`.
    fn expression(&self, _inputs: &[&Spec], _output: &Spec) -> Option<String> {
        None
    }

    /// The op as candle computes it; `None` where candle has no such op or means another thing by it.
    fn candle(&self, _inputs: &[candle_core::Tensor]) -> Candle {
        Ok(None)
    }
}
