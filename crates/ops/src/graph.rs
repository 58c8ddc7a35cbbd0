//! Writing graphs by hand: what derivatives and expansions are made of.

use crate::{elementwise, linalg, reduce};
use kerosene_ir::{DType, Error, Graph, Literal, Result, Value};

/// The everyday ops as methods of a graph. Operands have one dtype already; shapes broadcast.
pub trait GraphOps {
    /// A number in the dtype of `like`.
    fn number(&mut self, value: f64, like: Value) -> Result<Value>;
    /// Any op by wire name, with its one output.
    fn op(&mut self, name: &str, attrs: &str, inputs: &[Value]) -> Result<Value>;
    /// x + y
    fn add(&mut self, x: Value, y: Value) -> Result<Value>;
    /// x − y
    fn sub(&mut self, x: Value, y: Value) -> Result<Value>;
    /// x · y
    fn mul(&mut self, x: Value, y: Value) -> Result<Value>;
    /// x / y
    fn div(&mut self, x: Value, y: Value) -> Result<Value>;
    /// −x
    fn neg(&mut self, x: Value) -> Result<Value>;
    /// Another dtype.
    fn cast(&mut self, x: Value, dtype: DType) -> Result<Value>;
    /// Sum over axes.
    fn sum(&mut self, x: Value, axis: &[usize], keepdims: bool) -> Result<Value>;
    /// The gradient of a broadcast: sums `x` down to the shape of `like`.
    fn sum_to(&mut self, x: Value, like: Value) -> Result<Value>;
    /// Matrix product, optionally of transposed operands.
    fn matmul(&mut self, x: Value, y: Value, transpose_x: bool, transpose_y: bool) -> Result<Value>;
}

impl GraphOps for Graph {
    fn number(&mut self, value: f64, like: Value) -> Result<Value> {
        let literal = Literal::scalar(self.spec(like).dtype, value)?;
        Ok(self.constant(literal))
    }

    fn op(&mut self, name: &str, attrs: &str, inputs: &[Value]) -> Result<Value> {
        let out = crate::push(self, name, attrs, inputs)?;
        match out[..] {
            [one] => Ok(one),
            _ => Err(Error::internal(format!("{name} has {} outputs, one was expected.", out.len()))),
        }
    }

    fn add(&mut self, x: Value, y: Value) -> Result<Value> {
        self.op("add", "", &[x, y])
    }

    fn sub(&mut self, x: Value, y: Value) -> Result<Value> {
        self.op("subtract", "", &[x, y])
    }

    fn mul(&mut self, x: Value, y: Value) -> Result<Value> {
        self.op("multiply", "", &[x, y])
    }

    fn div(&mut self, x: Value, y: Value) -> Result<Value> {
        self.op("divide", "", &[x, y])
    }

    fn neg(&mut self, x: Value) -> Result<Value> {
        self.op("negative", "", &[x])
    }

    fn cast(&mut self, x: Value, dtype: DType) -> Result<Value> {
        elementwise::cast(self, x, dtype)
    }

    fn sum(&mut self, x: Value, axis: &[usize], keepdims: bool) -> Result<Value> {
        reduce::sum(self, x, axis, keepdims)
    }

    fn sum_to(&mut self, x: Value, like: Value) -> Result<Value> {
        reduce::sum_to(self, x, like)
    }

    fn matmul(&mut self, x: Value, y: Value, transpose_x: bool, transpose_y: bool) -> Result<Value> {
        linalg::matmul(self, x, y, transpose_x, transpose_y)
    }
}
