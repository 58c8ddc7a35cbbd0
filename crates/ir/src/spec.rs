//! Shapes with unknown dimensions, and the rules ops share about them.

use crate::{DType, Error, Result};
use smallvec::SmallVec;
use std::fmt;

/// One dimension; `None` is not known yet (Keras's `None`).
pub type Dim = Option<usize>;

/// The dimensions of a tensor.
pub type Shape = SmallVec<[Dim; 5]>;

/// What is known of a value before it is computed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spec {
    /// Element type.
    pub dtype: DType,
    /// Dimensions.
    pub shape: Shape,
}

impl Spec {
    /// A spec from any list of dimensions.
    pub fn new(dtype: DType, shape: impl IntoIterator<Item = Dim>) -> Self {
        Self { dtype, shape: shape.into_iter().collect() }
    }

    /// A spec whose dimensions are all known.
    pub fn known(dtype: DType, shape: &[usize]) -> Self {
        Self::new(dtype, shape.iter().map(|&d| Some(d)))
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The same shape with another dtype.
    pub fn with_dtype(&self, dtype: DType) -> Self {
        Self { dtype, shape: self.shape.clone() }
    }

    /// The dimensions when all are known; an error that names `who` otherwise.
    pub fn dims(&self, who: &str) -> Result<SmallVec<[usize; 5]>> {
        self.shape
            .iter()
            .map(|d| {
                d.ok_or_else(|| {
                    Error::value(format!("{who}: shape {} must be fully known here.", format_shape(&self.shape)))
                })
            })
            .collect()
    }

    /// Number of elements when known.
    pub fn len(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |n, d| d.and_then(|d| n.checked_mul(d)))
    }

    /// Whether the number of elements is known to be zero.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&Some(0))
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.dtype, format_shape(&self.shape))
    }
}

/// A shape as Keras prints it: `(None, 784)`, `(3,)`, `()`.
pub fn format_shape(shape: &[Dim]) -> String {
    let parts: Vec<_> = shape.iter().map(|d| d.map_or("None".into(), |d| d.to_string())).collect();
    if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
}

/// The shape of an elementwise result by numpy's rule. An unknown dimension meets a known one larger than 1 as that one,
/// and meets 1 or another unknown as unknown.
pub fn broadcast_shapes(who: &str, shapes: &[&[Dim]]) -> Result<Shape> {
    let rank = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let mut out: Shape = std::iter::repeat_n(Some(1), rank).collect();
    for s in shapes {
        for (o, d) in out[rank - s.len()..].iter_mut().zip(s.iter()) {
            *o = match (*o, *d) {
                (Some(1), d) => d,
                (o, Some(1)) => o,
                (Some(a), Some(b)) if a == b => Some(a),
                (Some(_), Some(_)) => {
                    let all: Vec<_> = shapes.iter().map(|s| format_shape(s)).collect();
                    return Err(Error::value(format!(
                        "{who}: shapes {} cannot be broadcast together.",
                        all.join(" and ")
                    )));
                }
                (Some(a), None) | (None, Some(a)) => Some(a),
                (None, None) => None,
            };
        }
    }
    Ok(out)
}

/// An axis counted from the end when negative, checked against the rank.
pub fn normalize_axis(who: &str, axis: i64, rank: usize) -> Result<usize> {
    let r = rank as i64;
    if axis < -r || axis >= r {
        return Err(Error::value(format!("{who}: axis {axis} is out of range for a tensor of rank {rank}.")));
    }
    Ok(if axis < 0 { axis + r } else { axis } as usize)
}

/// Sorted axes without repeats; `None` means all of them.
pub fn normalize_axes(who: &str, axes: Option<&[i64]>, rank: usize) -> Result<SmallVec<[usize; 5]>> {
    let Some(axes) = axes else { return Ok((0..rank).collect()) };
    let mut out: SmallVec<[usize; 5]> = axes.iter().map(|&a| normalize_axis(who, a, rank)).collect::<Result<_>>()?;
    out.sort_unstable();
    if out.windows(2).any(|w| w[0] == w[1]) {
        return Err(Error::value(format!("{who}: axes {axes:?} name one axis twice.")));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        let s = |a: &[i64]| -> Shape { a.iter().map(|&d| (d >= 0).then_some(d as usize)).collect() };
        for (a, b, want) in [
            (s(&[2, 1]), s(&[3]), Some(s(&[2, 3]))),
            (s(&[]), s(&[4]), Some(s(&[4]))),
            (s(&[0]), s(&[1]), Some(s(&[0]))),
            (s(&[-1, 3]), s(&[1, 3]), Some(s(&[-1, 3]))),
            (s(&[-1]), s(&[5]), Some(s(&[5]))),
            (s(&[2]), s(&[3]), None),
            (s(&[0]), s(&[3]), None),
        ] {
            assert_eq!(broadcast_shapes("add", &[&a, &b]).ok(), want, "{a:?} {b:?}");
        }
    }

    #[test]
    fn axes_are_checked() {
        assert_eq!(normalize_axis("sum", -1, 3), Ok(2));
        assert!(normalize_axis("sum", 3, 3).is_err());
        assert!(normalize_axes("sum", Some(&[0, -3]), 3).is_err());
    }
}
