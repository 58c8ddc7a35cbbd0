//! The table of contents: every op there is.

use crate::{Def, Lower, Promote, elementwise, linalg, reduce};
use kerosene_ir::{DType, Error, Graph, Op, Result, Value, promote};
use std::{collections::HashMap, sync::LazyLock};

/// Rooms and the ops in them.
pub static ROOMS: &[(&str, &[Def])] =
    &[("elementwise", elementwise::OPS), ("reduce", reduce::OPS), ("linalg", linalg::OPS)];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Def>> =
    LazyLock::new(|| registry().map(|d| (d.name, d)).collect());

/// All ops, room by room.
pub fn registry() -> impl Iterator<Item = &'static Def> {
    ROOMS.iter().flat_map(|(_, ops)| ops.iter())
}

/// The entry of a wire name.
pub fn lookup(name: &str) -> Result<&'static Def> {
    BY_NAME.get(name).copied().ok_or_else(|| Error::unsupported(format!("There is no op named '{name}'.")))
}

/// The code of an op that came out of this registry.
pub fn lower(op: &dyn Op) -> Result<&dyn Lower> {
    (lookup(op.name())?.lower)(op).ok_or_else(|| Error::internal(format!("{} is not the op of that name.", op.name())))
}

/// Records an op by wire name: checks the number of inputs, brings dtypes together, expands composites.
pub fn push(graph: &mut Graph, name: &str, attrs: &str, inputs: &[Value]) -> Result<Vec<Value>> {
    let def = lookup(name)?;
    check_arity(def, inputs.len())?;
    let op = (def.make)(attrs)?;
    let inputs = promoted(graph, def.promote, inputs)?;
    if def.composite {
        return op.expand(graph, &inputs).ok_or_else(|| Error::internal(format!("{name} has no expansion.")))?;
    }
    Ok(graph.push(op, &inputs)?.to_vec())
}

fn check_arity(def: &Def, got: usize) -> Result<()> {
    let variadic = def.inputs.iter().any(|i| i.starts_with("..."));
    let required = def.inputs.iter().filter(|i| !i.ends_with('?') && !i.starts_with("...")).count();
    if got < required || (!variadic && got > def.inputs.len()) {
        return Err(Error::value(format!(
            "{} takes inputs ({}), but received {got}.",
            def.name,
            def.inputs.join(", ")
        )));
    }
    Ok(())
}

fn promoted(graph: &mut Graph, rule: Promote, inputs: &[Value]) -> Result<Vec<Value>> {
    let (from, float) = match rule {
        Promote::None => return Ok(inputs.to_vec()),
        Promote::Common(from) => (from, false),
        Promote::Float => (0, true),
    };
    for &v in inputs {
        graph.try_spec(v)?;
    }
    let Some(common) = inputs.iter().skip(from).map(|&v| graph.spec(v).dtype).reduce(promote) else {
        return Ok(inputs.to_vec());
    };
    let common: DType = if float { common.to_float() } else { common };
    inputs
        .iter()
        .enumerate()
        .map(|(i, &v)| if i < from { Ok(v) } else { crate::elementwise::cast(graph, v, common) })
        .collect()
}
