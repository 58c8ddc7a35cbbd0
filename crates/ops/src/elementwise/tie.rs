//! What choices of one of two operands share.

use super::prelude::*;
use kerosene_ir::Graph;

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

/// x where `wins` says so of x and y, or y is NaN; elsewhere y.
pub fn present(graph: &mut Graph, inputs: &[Value], wins: &str) -> Result<Value> {
    let (x, y) = (inputs[0], inputs[1]);
    let wins = graph.apply(wins, &[x, y])?;
    let missing = graph.apply("isnan", &[y])?;
    let first = graph.apply("logical_or", &[wins, missing])?;
    graph.select(first, x, y)
}
