//! The derivative of `maximum` and `minimum`.

use super::prelude::*;

/// The gradient for operand `i` of an op that returns one of its two operands: all of it where that one was returned, half
/// where they are equal (as JAX shares it).
pub fn share(cx: &mut Vjp<'_>, i: usize) -> Result<Value> {
    let (g, mine, other, y) = (cx.grad(), cx.inputs[i], cx.inputs[1 - i], cx.outputs[0]);
    let zero = cx.graph.number(0.0, g)?;
    let half = cx.graph.scale(g, 0.5)?;
    let tie = cx.graph.apply("equal", &[mine, other])?;
    let taken = cx.graph.apply("equal", &[mine, y])?;
    let whole = cx.graph.select(taken, g, zero)?;
    cx.graph.select(tie, half, whole)
}
