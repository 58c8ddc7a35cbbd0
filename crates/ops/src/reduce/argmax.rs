//! The place of the largest element along an axis

use super::place::Choice;

/// The place of the largest element along an axis
#[derive(Debug)]
pub struct Argmax;

impl Choice for Argmax {
    const NAME: &'static str = "argmax";
    const DOC: &'static str = "The place (int32) of the largest element along `axis`: of equal ones the first; the first NaN if there is one. No gradient.";

    fn better<T: PartialOrd>(x: &T, best: &T) -> bool {
        x > best
    }
}
