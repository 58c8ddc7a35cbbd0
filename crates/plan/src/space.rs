//! Iteration spaces of elementwise work, and how operands are read over them.

use crate::work::{Info, Val, Work};

/// Operands of one elementwise op.
pub(crate) const MOST_INPUTS: usize = 8;

/// Dimensions without those of length 1: shapes that differ only in them are walked alike.
pub(crate) fn space(info: &Info) -> Vec<usize> {
    info.dims.iter().copied().filter(|&d| d != 1).collect()
}

/// Strides of `v` over the space of `of`, to which it broadcasts.
pub(crate) fn strides(work: &Work, v: Val, of: Val) -> Vec<usize> {
    let (dims, over) = (&work.values[v].dims, &work.values[of].dims);
    let lead = over.len() - dims.len();
    let mut strides = vec![0; over.len()];
    let mut step = 1;
    for i in (0..dims.len()).rev() {
        if dims[i] != 1 {
            strides[lead + i] = step;
        }
        step *= dims[i];
    }
    (0..over.len()).filter(|&i| over[i] != 1).map(|i| strides[i]).collect()
}

/// The strides of a contiguous tensor.
pub(crate) fn contiguous(dims: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; dims.len()];
    for i in (1..dims.len()).rev() {
        strides[i - 1] = strides[i] * dims[i];
    }
    strides
}

/// Joins neighbouring dimensions that every operand walks as one. Returns the dimensions; changes the strides with them.
pub fn collapse(dims: &[usize], operands: &mut [Vec<usize>]) -> Vec<usize> {
    let mut out: Vec<usize> = vec![];
    let mut kept: Vec<Vec<usize>> = vec![vec![]; operands.len()];
    for d in (0..dims.len()).rev() {
        let joins = !out.is_empty()
            && operands
                .iter()
                .zip(&kept)
                .all(|(s, k)| s[d] == k.last().expect("as long as out") * out.last().expect("not empty"));
        if joins {
            *out.last_mut().expect("not empty") *= dims[d];
        } else {
            out.push(dims[d]);
            kept.iter_mut().zip(operands.iter()).for_each(|(k, s)| k.push(s[d]));
        }
    }
    out.reverse();
    for (s, mut k) in operands.iter_mut().zip(kept) {
        k.reverse();
        *s = k;
    }
    out
}
