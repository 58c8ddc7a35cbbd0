//! What the losses with integer labels share: checks, and the meaning of a label.

use super::prelude::*;
use crate::index::read_index;
use kerosene_ir::{Dim, Shape};

/// The attributes of these losses.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignoring {
    /// The label that counts for nothing.
    #[serde(default)]
    ignore_class: Option<i64>,
}

/// Its parameter.
pub const IGNORE_CLASS: Param = param(
    "ignore_class",
    "number | null",
    "null",
    "Rows with this label have loss 0 and no gradient; null: there is none.",
);

/// What a row's label says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    /// The class of the row.
    Class(usize),
    /// The row does not count.
    Ignored,
    /// No class has this number.
    Outside,
}

impl Ignoring {
    /// The label of row `i` among `classes`.
    ///
    /// # Safety
    /// The buffer holds more than `i` elements of `dtype`, an integer type.
    pub unsafe fn label(&self, labels: *const u8, dtype: DType, i: usize, classes: usize) -> Label {
        // SAFETY: the caller vouches for it.
        let label = unsafe { read_index(labels, dtype, i) };
        match usize::try_from(label) {
            _ if self.ignore_class.is_some_and(|c| i128::from(c) == label) => Label::Ignored,
            Ok(c) if c < classes => Label::Class(c),
            _ => Label::Outside,
        }
    }

    /// The shape of the rows, when labels and logits fit.
    pub fn rows(&self, who: &str, labels: &Spec, logits: &Spec) -> Result<Shape> {
        if !labels.dtype.is_int() {
            return Err(Error::dtype(format!("{who}: labels must be integers, but are {labels}.")));
        }
        if !logits.dtype.is_float() {
            return Err(Error::dtype(format!("{who}: logits must be floating, but are {logits}.")));
        }
        let Some((_, rows)) = logits.shape.split_last() else {
            return Err(Error::value(format!("{who}: logits need an axis of classes, but are {logits}.")));
        };
        unify(rows, &labels.shape).ok_or_else(|| {
            Error::value(format!("{who}: labels {labels} do not fit logits {logits}: one for each row."))
        })
    }

    /// In other ops: where each label hits its class, which rows count, and which have no class, as booleans.
    pub fn masks(&self, graph: &mut Graph, labels: Value, logits: Value) -> Result<Masks> {
        let Some(classes) = graph.spec(logits).shape.last().copied().flatten() else {
            return Err(Error::unsupported("The expansion of a cross-entropy needs the number of classes."));
        };
        let labels = graph.cast(labels, DType::I64)?;
        let attrs = serde_json::json!({ "num_classes": classes, "dtype": "bool" }).to_string();
        let hit = graph.op("one_hot", &attrs, &[labels])?;
        let hits = graph.op("any", r#"{"axis":-1}"#, &[hit])?;
        let ignored = match self.ignore_class {
            Some(c) => {
                let c = graph.number(c as f64, labels)?;
                graph.apply("equal", &[labels, c])?
            }
            None => graph.apply("logical_and", &[hits, hits]).and_then(|v| graph.apply("logical_xor", &[v, v]))?,
        };
        let inside = graph.apply("logical_or", &[hits, ignored])?;
        let outside = graph.apply("logical_not", &[inside])?;
        Ok(Masks { hit, ignored, outside })
    }
}

/// The one shape that two are, unknown dimensions being any; `None` when they differ.
pub fn unify(a: &[Dim], b: &[Dim]) -> Option<Shape> {
    let dim = |(&a, &b): (&Dim, &Dim)| if a.is_none() || b.is_none() || a == b { Some(a.or(b)) } else { None };
    if a.len() == b.len() { a.iter().zip(b).map(dim).collect() } else { None }
}

/// Booleans about rows.
pub struct Masks {
    /// For each class of each row, whether it is the row's.
    pub hit: Value,
    /// For each row, whether it does not count.
    pub ignored: Value,
    /// For each row, whether no class has its number.
    pub outside: Value,
}

/// Labels and logits every such loss is asked for.
pub fn samples() -> Vec<Sample> {
    vec![
        Sample::new("{}").with(DType::I32, &[3], [0.0, 4.0, 2.0]).f32(&[3, 5], -2.0, 2.0),
        Sample::new("{}").with(DType::U8, &[2, 2], [0.0, 1.0, 2.0, 1.0]).f32(&[2, 2, 3], -2.0, 2.0),
        Sample::new(r#"{"ignore_class":-1}"#).with(DType::I64, &[3], [0.0, -1.0, 2.0]).f32(&[3, 3], -2.0, 2.0),
        Sample::new(r#"{"ignore_class":1}"#).with(DType::I32, &[3], [0.0, 1.0, 2.0]).f32(&[3, 3], -2.0, 2.0),
        Sample::new("{}").with(DType::I32, &[3], [0.0, -1.0, 3.0]).f32(&[3, 3], -2.0, 2.0).kink(),
        Sample::new("{}")
            .with(DType::I32, &[2], [0.0, 1.0])
            .with(DType::F32, &[2, 2], [900.0, -900.0, 900.0, -900.0])
            .kink(),
        Sample::new("{}")
            .with(DType::I32, &[2], [0.0, 1.0])
            .with(DType::F32, &[2, 2], [f64::NEG_INFINITY, 0.0, 1.0, f64::NAN])
            .kink(),
        Sample::new("{}").with(DType::I32, &[], [1.0]).f32(&[3], -2.0, 2.0),
        Sample::new("{}").with(DType::I32, &[0], []).f32(&[0, 3], -2.0, 2.0),
    ]
}
