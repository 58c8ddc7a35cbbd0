//! Writing graphs by hand: what derivatives and expansions are made of.

use crate::{elementwise, linalg, movement, reduce};
use kerosene_ir::{DType, Dim, Error, Graph, Literal, Result, Value};

/// The everyday ops as methods of a graph. Operands have one dtype already; shapes broadcast.
pub trait GraphOps {
    /// A number in the dtype of `like`.
    fn number(&mut self, value: f64, like: Value) -> Result<Value>;
    /// Any op by wire name, with its one output.
    fn op(&mut self, name: &str, attrs: &str, inputs: &[Value]) -> Result<Value>;
    /// Any op by wire name whose attributes have their defaults.
    fn apply(&mut self, name: &str, inputs: &[Value]) -> Result<Value>;
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
    /// x · value
    fn scale(&mut self, x: Value, value: f64) -> Result<Value>;
    /// x + value
    fn shift(&mut self, x: Value, value: f64) -> Result<Value>;
    /// Where `condition` holds `x`, elsewhere `y`.
    fn select(&mut self, condition: Value, x: Value, y: Value) -> Result<Value>;
    /// Another dtype.
    fn cast(&mut self, x: Value, dtype: DType) -> Result<Value>;
    /// Sum over axes.
    fn sum(&mut self, x: Value, axis: &[usize], keepdims: bool) -> Result<Value>;
    /// The gradient of a broadcast: sums `x` down to the shape of `like`.
    fn sum_to(&mut self, x: Value, like: Value) -> Result<Value>;
    /// Matrix product, optionally of transposed operands.
    fn matmul(&mut self, x: Value, y: Value, transpose_x: bool, transpose_y: bool) -> Result<Value>;
    /// Another shape of the same elements.
    fn reshape(&mut self, x: Value, shape: &[Dim]) -> Result<Value>;
    /// Repeated to a shape.
    fn broadcast_to(&mut self, x: Value, shape: &[Dim]) -> Result<Value>;
    /// Axes in another order.
    fn transpose(&mut self, x: Value, axes: &[usize]) -> Result<Value>;
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

    fn apply(&mut self, name: &str, inputs: &[Value]) -> Result<Value> {
        self.op(name, "", inputs)
    }

    fn add(&mut self, x: Value, y: Value) -> Result<Value> {
        self.apply("add", &[x, y])
    }

    fn sub(&mut self, x: Value, y: Value) -> Result<Value> {
        self.apply("subtract", &[x, y])
    }

    fn mul(&mut self, x: Value, y: Value) -> Result<Value> {
        self.apply("multiply", &[x, y])
    }

    fn div(&mut self, x: Value, y: Value) -> Result<Value> {
        self.apply("divide", &[x, y])
    }

    fn neg(&mut self, x: Value) -> Result<Value> {
        self.apply("negative", &[x])
    }

    fn scale(&mut self, x: Value, value: f64) -> Result<Value> {
        let value = self.number(value, x)?;
        self.mul(x, value)
    }

    fn shift(&mut self, x: Value, value: f64) -> Result<Value> {
        let value = self.number(value, x)?;
        self.add(x, value)
    }

    fn select(&mut self, condition: Value, x: Value, y: Value) -> Result<Value> {
        self.apply("where", &[condition, x, y])
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

    fn reshape(&mut self, x: Value, shape: &[Dim]) -> Result<Value> {
        movement::reshape(self, x, shape)
    }

    fn broadcast_to(&mut self, x: Value, shape: &[Dim]) -> Result<Value> {
        movement::broadcast_to(self, x, shape)
    }

    fn transpose(&mut self, x: Value, axes: &[usize]) -> Result<Value> {
        movement::transpose(self, x, axes)
    }
}
