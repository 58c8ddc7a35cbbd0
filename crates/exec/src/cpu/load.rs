//! Operands of elementwise groups, brought to the form lanes want: a run of elements.

use kerosene_plan::Operand;

/// A period from which chunks stay within one, so that the operand is read where it lies.
const LONG: usize = 256;

/// How an operand is read over a segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Load {
    /// Element i of the segment is element i of the operand.
    Direct,
    /// Repeats every so many elements; a buffer of repetitions is made once per task, and chunks start at multiples.
    Repeat(usize),
    /// Repeats, but rarely: chunks end where it does.
    Row(usize),
    /// Anything else: copied chunk by chunk.
    Strided,
}

/// The way for each operand of a segment.
pub(crate) fn loads(dims: &[usize], operands: &[Operand], chunk: usize) -> Vec<Load> {
    let periods: Vec<Option<usize>> = operands.iter().map(|o| period(dims, &o.strides)).collect();
    let len: usize = dims.iter().product();
    let row = periods.iter().flatten().copied().filter(|&p| p >= LONG && p < len).max();
    let mut common = 1;
    periods
        .iter()
        .map(|p| match *p {
            None => Load::Strided,
            Some(p) if p == len && p != 1 => Load::Direct,
            Some(p) if Some(p) == row => Load::Row(p),
            Some(p) => {
                // With rows, chunks start anywhere, which only a single number does not mind.
                let least = lcm(common, p);
                if least <= chunk / 2 && (row.is_none() || p == 1) {
                    common = least;
                    Load::Repeat(p)
                } else {
                    Load::Strided
                }
            }
        })
        .collect()
}

/// After how many elements an operand that is contiguous otherwise starts again.
fn period(dims: &[usize], strides: &[usize]) -> Option<usize> {
    let first = strides.iter().position(|&s| s != 0).unwrap_or(dims.len());
    let mut step = 1;
    for (&d, &s) in dims[first..].iter().zip(&strides[first..]).rev() {
        if s != step {
            return None;
        }
        step *= d;
    }
    Some(step)
}

pub(crate) fn lcm(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}

/// Copies elements `at..at + n` of a segment's walk over an operand to `to`.
///
/// # Safety
/// The operand holds what its strides walk over; `to` has room for n elements of `size` bytes.
pub(crate) unsafe fn copy(
    dims: &[usize],
    strides: &[usize],
    size: usize,
    from: *const u8,
    at: usize,
    n: usize,
    to: *mut u8,
) {
    // SAFETY: elements of 1, 2, 4 and 8 bytes are all there are; alignment is not assumed.
    unsafe {
        match size {
            1 => walk::<u8>(dims, strides, from.cast(), at, n, to.cast()),
            2 => walk::<u16>(dims, strides, from.cast(), at, n, to.cast()),
            4 => walk::<u32>(dims, strides, from.cast(), at, n, to.cast()),
            _ => walk::<u64>(dims, strides, from.cast(), at, n, to.cast()),
        }
    }
}

unsafe fn walk<T: Copy>(dims: &[usize], strides: &[usize], from: *const T, at: usize, n: usize, to: *mut T) {
    let (inner, step) = match (dims.last(), strides.last()) {
        (Some(&d), Some(&s)) => (d, s),
        _ => (1, 0),
    };
    let mut done = 0;
    while done < n {
        let index = at + done;
        let mut rest = index / inner;
        let start = index % inner;
        let mut offset = start * step;
        for (&d, &s) in dims.iter().zip(strides).rev().skip(1) {
            offset += rest % d * s;
            rest /= d;
        }
        let run = (inner - start).min(n - done);
        // SAFETY: the walk stays within the operand, `done + run <= n`.
        unsafe {
            let (from, to) = (from.add(offset), to.add(done));
            match step {
                0 => fill(from, to, run),
                1 => std::ptr::copy_nonoverlapping(from.cast::<u8>(), to.cast::<u8>(), run * size_of::<T>()),
                _ => (0..run).for_each(|i| to.add(i).write_unaligned(from.add(i * step).read_unaligned())),
            }
        }
        done += run;
    }
}

/// Writes `n` elements of `size` bytes to `to`: the first `period` of `from` again and again.
///
/// # Safety
/// `from` holds so many elements, `to` has room for `n`.
pub(crate) unsafe fn repeat(from: *const u8, size: usize, period: usize, to: *mut u8, n: usize) {
    // SAFETY: elements of 1, 2, 4 and 8 bytes are all there are; alignment is not assumed, source and destination lie within `n`
    // elements and do not overlap.
    unsafe {
        match (period, size) {
            (1, 1) => to.write_bytes(from.read(), n),
            (1, 2) => fill::<u16>(from.cast(), to.cast(), n),
            (1, 4) => fill::<u32>(from.cast(), to.cast(), n),
            (1, _) => fill::<u64>(from.cast(), to.cast(), n),
            _ => {
                let mut have = period.min(n) * size;
                std::ptr::copy_nonoverlapping(from, to, have);
                while have < n * size {
                    let more = have.min(n * size - have);
                    std::ptr::copy_nonoverlapping(to, to.add(have), more);
                    have += more;
                }
            }
        }
    }
}

unsafe fn fill<T: Copy>(from: *const T, to: *mut T, n: usize) {
    // SAFETY: passed on.
    unsafe {
        let value = from.read_unaligned();
        (0..n).for_each(|i| to.add(i).write_unaligned(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerosene_plan::Place;

    fn ways(dims: &[usize], strides: &[&[usize]]) -> Vec<Load> {
        let operands: Vec<_> =
            strides.iter().map(|s| Operand { place: Place::Input(0), strides: s.to_vec() }).collect();
        loads(dims, &operands, 1024)
    }

    #[test]
    fn ways_of_loading() {
        use Load::*;
        assert_eq!(ways(&[64, 10], &[&[10, 1], &[0, 1], &[0, 0], &[1, 0]]), [Direct, Repeat(10), Repeat(1), Strided]);
        assert_eq!(ways(&[64, 512], &[&[512, 1], &[0, 1], &[0, 0]]), [Direct, Row(512), Repeat(1)]);
        assert_eq!(ways(&[], &[&[]]), [Repeat(1)]);
        assert_eq!(ways(&[5], &[&[1], &[0]]), [Direct, Repeat(1)]);
        assert_eq!(ways(&[2, 3, 4], &[&[0, 4, 1], &[4, 0, 1]]), [Repeat(12), Strided]);
    }

    #[test]
    fn walks_follow_strides() {
        let data: Vec<u32> = (0..24).collect();
        for (dims, strides) in [
            (vec![2, 3, 4], vec![12, 4, 1]),
            (vec![2, 3, 4], vec![0, 4, 1]),
            (vec![2, 3, 4], vec![1, 2, 6]),
            (vec![4, 6], vec![1, 0]),
            (vec![], vec![]),
        ] {
            let len: usize = dims.iter().product();
            for (at, n) in [(0, len), (len / 3, len - len / 3), (len - 1, 1)] {
                let mut to = vec![0u32; n];
                // SAFETY: the strides above stay within 24 elements.
                unsafe { copy(&dims, &strides, 4, data.as_ptr().cast(), at, n, to.as_mut_ptr().cast()) };
                for (i, got) in to.iter().enumerate() {
                    let (mut rest, mut want) = (at + i, 0);
                    for (d, s) in dims.iter().zip(&strides).rev() {
                        want += rest % d * s;
                        rest /= d;
                    }
                    assert_eq!(*got as usize, want);
                }
            }
        }
    }

    #[test]
    fn periods_are_repeated() {
        let from: [u8; 24] = std::array::from_fn(|i| i as u8);
        for (size, period, n) in
            [(1, 1, 5), (2, 1, 3), (4, 1, 7), (8, 1, 2), (1, 3, 8), (4, 3, 3), (4, 3, 2), (8, 2, 9)]
        {
            let mut to = vec![99; n * size + 1];
            // SAFETY: so many elements are there.
            unsafe { repeat(from.as_ptr(), size, period, to.as_mut_ptr(), n) };
            let want: Vec<u8> = (0..n * size).map(|i| from[i % (period * size)]).chain([99]).collect();
            assert_eq!(to, want, "{size} {period} {n}");
        }
    }
}
