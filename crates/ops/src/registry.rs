//! The table of contents: every op there is.

use crate::{
    Def, Lower, Promote, activation, attention, control, conv, elementwise, index, integer, linalg, loss, movement,
    norm, order, pool, random, reduce, signal,
};
use kerosene_ir::{DType, Error, Graph, Op, Result, Spec, Value, promote};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

/// Rooms and the ops in them.
pub static ROOMS: &[(&str, &[Def])] = &[
    ("elementwise", elementwise::OPS),
    ("integer", integer::OPS),
    ("activation", activation::OPS),
    ("reduce", reduce::OPS),
    ("linalg", linalg::OPS),
    ("conv", conv::OPS),
    ("pool", pool::OPS),
    ("movement", movement::OPS),
    ("index", index::OPS),
    ("norm", norm::OPS),
    ("attention", attention::OPS),
    ("loss", loss::OPS),
    ("order", order::OPS),
    ("signal", signal::OPS),
    ("random", random::OPS),
    ("control", control::OPS),
];

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

/// The op that gives float32 where an attribute asks this one for a float of 16 bits; else the op itself.
pub fn in_float32(op: &Arc<dyn Op>) -> Result<Arc<dyn Op>> {
    let wrong = |e| Error::internal(format!("{}: its attributes are no JSON: {e}.", op.name()));
    let mut attrs: serde_json::Value = serde_json::from_str(&op.attrs()).map_err(wrong)?;
    match attrs.get_mut("dtype") {
        Some(dtype) if dtype.as_str().and_then(|d| d.parse().ok()).is_some_and(DType::is_half) => {
            *dtype = DType::F32.name().into();
            (lookup(op.name())?.make)(&attrs.to_string())
        }
        _ => Ok(op.clone()),
    }
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
    if let Some(other) = op.instead(graph, &inputs) {
        return other;
    }
    Ok(graph.push(op, &inputs)?.to_vec())
}

pub(crate) fn check_arity(def: &Def, got: usize) -> Result<()> {
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
    let from = if let Promote::Common(from) = rule { from } else { 0 };
    for &v in inputs {
        graph.try_spec(v)?;
    }
    let common = inputs.iter().skip(from).map(|&v| graph.spec(v).dtype).reduce(promote);
    let (Some(common), false) = (common, rule == Promote::None) else { return Ok(inputs.to_vec()) };
    let target = meeting(rule, common);
    inputs
        .iter()
        .enumerate()
        .map(|(i, &v)| if i < from { Ok(v) } else { crate::elementwise::cast(graph, v, target) })
        .collect()
}

/// The dtype in which inputs of this common dtype meet.
fn meeting(rule: Promote, common: DType) -> DType {
    match (rule, common) {
        (Promote::Float, d) => d.to_float(),
        (Promote::Number | Promote::Wide, DType::Bool) => DType::I32,
        (Promote::Wide, DType::I8 | DType::I16) => DType::I32,
        (Promote::Wide, DType::U8 | DType::U16) => DType::U32,
        (Promote::Bool, _) => DType::Bool,
        (_, d) => d,
    }
}

/// The specs of an op's outputs for inputs of these specs, by wire name; unknown dimensions flow through.
pub fn infer(name: &str, attrs: &str, inputs: &[Spec]) -> Result<Vec<Spec>> {
    let mut graph = Graph::new();
    let inputs: Vec<Value> = inputs.iter().map(|s| graph.input(s.clone())).collect();
    let outputs = push(&mut graph, name, attrs, &inputs)?;
    Ok(outputs.into_iter().map(|v| graph.spec(v).clone()).collect())
}

/// The registry as JSON, for the generator of the TypeScript ops: `[{name, room, doc, inputs, params, promote, composite}]`.
pub fn describe() -> String {
    let ops: Vec<_> = ROOMS.iter().flat_map(|(room, ops)| ops.iter().map(move |d| entry(room, d))).collect();
    serde_json::Value::from(ops).to_string()
}

fn entry(room: &str, d: &Def) -> serde_json::Value {
    serde_json::json!({
        "name": d.name, "room": room, "doc": d.doc, "inputs": d.inputs, "params": d.params,
        "promote": d.promote, "composite": d.composite, "outputs": 1,
    })
}
