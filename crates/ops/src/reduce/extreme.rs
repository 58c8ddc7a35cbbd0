//! The derivative of `max` and `min`.

use super::prelude::*;

/// The gradient goes to the elements equal to the extreme, in equal parts.
pub fn share(who: &str, cx: &mut Vjp<'_>, axes: &Axes) -> Result<Value> {
    let (g, x, y) = (cx.grad(), cx.inputs[0], cx.outputs[0]);
    let dtype = cx.input(0).dtype;
    let (g, y) = (axes.unfold(who, cx, g)?, axes.unfold(who, cx, y)?);
    let chosen = cx.graph.apply("equal", &[x, y])?;
    let chosen = cx.graph.cast(chosen, dtype)?;
    let count = cx.graph.op("sum", &axes.kept().attrs(), &[chosen])?;
    let part = cx.graph.div(g, count)?;
    cx.graph.mul(chosen, part)
}
