//! The place of the smallest element along an axis

use super::place::Choice;

/// The place of the smallest element along an axis
#[derive(Debug)]
pub struct Argmin;

impl Choice for Argmin {
    const NAME: &'static str = "argmin";
    const DOC: &'static str = "The place (int32) of the smallest element along `axis`: of equal ones the first; the first NaN if there is one. No gradient.";

    fn better<T: PartialOrd>(x: &T, best: &T) -> bool {
        x < best
    }
}
