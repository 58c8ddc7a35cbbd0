//! What the registry knows of an op: enough to make it from the wire, to write its TypeScript, and to hold it to the laws.

use crate::{Lower, Sample};
use kerosene_ir::{Error, Op, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::{any::Any, sync::Arc};

/// Which dtypes the inputs are brought to before the op is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promote {
    /// Left as they are.
    None,
    /// All inputs from the n-th on meet in their common dtype.
    Common(usize),
    /// As `Common(0)`, and integers become float32.
    Float,
    /// As `Common(0)`, and booleans become int32.
    Number,
    /// As `Number`, and integers narrower than 32 bits widen to 32: what sums and products are taken in.
    Wide,
    /// Everything becomes bool: anything but 0 is true.
    Bool,
}

/// An attribute on the wire, for the generated TypeScript.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Param {
    /// snake_case name.
    pub name: &'static str,
    /// TypeScript type: `number`, `boolean`, `string`, `number[] | null`, `DType`, `Shape`…
    pub ty: &'static str,
    /// Default as a TypeScript expression; empty when required.
    pub default: &'static str,
    /// What it means, with units or range.
    pub doc: &'static str,
}

/// An attribute with a default (`""`: required).
pub const fn param(name: &'static str, ty: &'static str, default: &'static str, doc: &'static str) -> Param {
    Param { name, ty, default, doc }
}

/// An op as the registry wants it.
pub trait Define: Op + Lower + Serialize + DeserializeOwned {
    /// Wire name.
    const NAME: &'static str;
    /// Formula, shapes, source: becomes the TypeScript doc comment.
    const DOC: &'static str;
    /// Names of the tensor inputs; a last name that starts with `...` takes any number, one that ends with `?` may be absent.
    const INPUTS: &'static [&'static str];
    /// Attributes.
    const PARAMS: &'static [Param] = &[];
    /// Dtypes of the inputs.
    const PROMOTE: Promote = Promote::None;
    /// Recorded as its expansion.
    const COMPOSITE: bool = false;
    /// Cases for the laws: ties, zeros, odd strides, empty tensors included.
    fn samples() -> Vec<Sample>;
}

/// A registry entry.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Def {
    pub name: &'static str,
    pub doc: &'static str,
    pub inputs: &'static [&'static str],
    pub params: &'static [Param],
    pub promote: Promote,
    pub composite: bool,
    pub samples: fn() -> Vec<Sample>,
    pub make: fn(&str) -> Result<Arc<dyn Op>>,
    pub lower: for<'a> fn(&'a dyn Op) -> Option<&'a dyn Lower>,
}

impl Def {
    /// The entry of an op type.
    pub const fn of<T: Define>() -> Def {
        Def {
            name: T::NAME,
            doc: T::DOC,
            inputs: T::INPUTS,
            params: T::PARAMS,
            promote: T::PROMOTE,
            composite: T::COMPOSITE,
            samples: T::samples,
            make: make::<T>,
            lower: lower_as::<T>,
        }
    }
}

fn make<T: Define>(attrs: &str) -> Result<Arc<dyn Op>> {
    let attrs = if attrs.is_empty() { "{}" } else { attrs };
    let op: T =
        serde_json::from_str(attrs).map_err(|e| Error::value(format!("{}: bad attributes {attrs}: {e}.", T::NAME)))?;
    Ok(Arc::new(op))
}

fn lower_as<T: Define>(op: &dyn Op) -> Option<&dyn Lower> {
    let any: &dyn Any = op;
    any.downcast_ref::<T>().map(|op| op as &dyn Lower)
}

/// The canonical attributes of an op: its fields in order.
pub fn attrs<T: Serialize>(op: &T) -> String {
    serde_json::to_string(op).expect("attributes are plain data")
}

/// Numbers that JSON cannot hold travel as the strings `"inf"`, `"-inf"`, `"nan"`. Use with `#[serde(with = "number")]`.
pub mod number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Deserialize, Serialize)]
    #[serde(untagged)]
    enum Wire<'a> {
        Number(f64),
        #[serde(borrow)]
        Word(std::borrow::Cow<'a, str>),
    }

    /// A number, or one of the words.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
        match Wire::deserialize(d)? {
            Wire::Number(n) => Ok(n),
            Wire::Word(w) => match &*w {
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                "nan" => Ok(f64::NAN),
                w => Err(D::Error::custom(format!("'{w}' is not a number"))),
            },
        }
    }

    /// The reverse.
    pub fn serialize<S: Serializer>(v: &f64, s: S) -> Result<S::Ok, S::Error> {
        match *v {
            v if v.is_finite() => s.serialize_f64(v),
            v if v.is_nan() => s.serialize_str("nan"),
            v => s.serialize_str(if v > 0.0 { "inf" } else { "-inf" }),
        }
    }
}

/// Axes travel as a number, a list of numbers, or null. Use with `#[serde(with = "axes")]`.
pub mod axes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        One(i64),
        Many(Vec<i64>),
    }

    /// One axis, some, or null for all.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<i64>>, D::Error> {
        Ok(Option::<Wire>::deserialize(d)?.map(|w| match w {
            Wire::One(a) => vec![a],
            Wire::Many(axes) => axes,
        }))
    }

    /// Always the list or null, so that equal ops have equal text.
    pub fn serialize<S: Serializer>(v: &Option<Vec<i64>>, s: S) -> Result<S::Ok, S::Error> {
        v.serialize(s)
    }
}
