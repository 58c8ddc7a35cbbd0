//! Poolings as candle computes them: the elements of all windows, one place in the window after the other.

use super::window::Window;
use crate::tensors;
use candle_core::{DType, Result, Tensor};

/// For each place in a window, the element of each axis that each window has there; none where the window is shorter.
pub struct Places {
    at: Vec<Vec<Vec<Option<usize>>>>,
    sizes: Vec<usize>,
    lengths: Vec<Vec<usize>>,
}

impl Places {
    /// The places of the windows over `x`; None over no elements.
    pub fn new(window: &Window<'_>, x: &[usize]) -> Option<Places> {
        if x.contains(&0) {
            return None;
        }
        let rank = x.len() - 2;
        let windows = window.windows(x);
        let axes = &windows.axes[3 - rank..];
        let longest: Vec<usize> =
            axes.iter().map(|a| a.iter().map(ExactSizeIterator::len).max().unwrap_or(0)).collect();
        let one = |place: Vec<usize>| {
            let axis = |(a, &k): (usize, &usize)| {
                axes[a].iter().map(|r| Some(r.start + k).filter(|i| r.contains(i))).collect()
            };
            place.iter().enumerate().map(axis).collect()
        };
        let lengths = axes.iter().map(|a| a.iter().map(ExactSizeIterator::len).collect()).collect();
        Some(Places { at: tensors::combinations(&longest).map(one).collect(), sizes: x[1..=rank].to_vec(), lengths })
    }

    /// How many elements each window has, in a shape that broadcasts over the windows.
    fn counts(&self, like: &Tensor) -> Result<Tensor> {
        let mut counts = Tensor::ones(vec![1; self.sizes.len() + 2], DType::F64, like.device())?;
        for (axis, lengths) in self.lengths.iter().enumerate() {
            let mut shape = vec![1; self.sizes.len() + 2];
            shape[axis + 1] = lengths.len();
            let lengths: Vec<f64> = lengths.iter().map(|&n| n as f64).collect();
            counts = counts.broadcast_mul(&tensors::fixed(&lengths, like.device())?.reshape(shape)?)?;
        }
        counts.to_dtype(like.dtype())
    }

    /// Visits the windows' elements place by place: which place, the elements, and where there is one.
    fn each(&self, x: &Tensor, mut visit: impl FnMut(usize, Tensor, Tensor) -> Result<()>) -> Result<()> {
        let ones = x.ones_like()?;
        for (k, at) in self.at.iter().enumerate() {
            let there = tensors::pick_all(&ones, at, 0.0)?;
            let there = there.ne(&there.zeros_like()?)?;
            visit(k, tensors::pick_all(x, at, 0.0)?, there)?;
        }
        Ok(())
    }

    /// The number of the place where each window's first largest element is; NaN is larger than any.
    fn largest(&self, x: &Tensor) -> Result<Tensor> {
        let mut found: Option<(Tensor, Tensor)> = None;
        self.each(x, |k, value, there| {
            let low = tensors::number(&value, f64::NEG_INFINITY)?;
            let number = tensors::number(&value, k as f64)?;
            let (best, place) = match &found {
                Some((best, place)) => (best.clone(), place.clone()),
                None => (low, tensors::number(&value, -1.0)?),
            };
            let first = place.lt(&place.zeros_like()?)?;
            let known = tensors::nan(&best)?;
            let nothing_yet = known.eq(&known.zeros_like()?)?;
            let more = (tensors::or(&value.gt(&best)?, &tensors::nan(&value)?)? * nothing_yet)?;
            let take = (there * tensors::or(&first, &more)?)?;
            found = Some((tensors::select(&take, &value, &best)?, tensors::select(&take, &number, &place)?));
            Ok(())
        })?;
        Ok(found.expect("a window has a place").1)
    }

    /// For each window, the element of `u` where the largest of `x` is.
    pub fn pick(&self, x: &Tensor, u: &Tensor) -> Result<Tensor> {
        let place = self.largest(x)?;
        let mut out = place.zeros_like()?;
        self.each(u, |k, value, _| {
            out = tensors::select(&place.eq(&tensors::number(&place, k as f64)?)?, &value, &out)?;
            Ok(())
        })?;
        Ok(out)
    }

    /// Each window's `g` at the place of the largest of `x`.
    pub fn put(&self, x: &Tensor, g: &Tensor) -> Result<Tensor> {
        let place = self.largest(x)?;
        let zero = g.zeros_like()?;
        let parts = self.at.iter().enumerate().map(|(k, at)| {
            let here = tensors::select(&place.eq(&tensors::number(&place, k as f64)?)?, g, &zero)?;
            tensors::unpick_all(&here, at, &self.sizes)
        });
        total(parts)
    }

    /// The average of each window.
    pub fn average(&self, x: &Tensor) -> Result<Tensor> {
        let sum = total(self.at.iter().map(|at| tensors::pick_all(x, at, 0.0)))?;
        sum.broadcast_div(&self.counts(&sum)?)
    }

    /// Each window's `g` shared out over its elements.
    pub fn share(&self, g: &Tensor) -> Result<Tensor> {
        let share = g.broadcast_div(&self.counts(g)?)?;
        total(self.at.iter().map(|at| tensors::unpick_all(&share, at, &self.sizes)))
    }
}

fn total(mut parts: impl Iterator<Item = Result<Tensor>>) -> Result<Tensor> {
    let first = parts.next().expect("a window has a place")?;
    parts.try_fold(first, |sum, part| sum + part?)
}
