//! The loops, written once for all instruction sets.

// Rows and columns are counted by constants, which is what keeps a tile in registers.
#![allow(clippy::needless_range_loop)]

use super::{
    Dot, DotFn, Micro, Outer, OuterFn, Tile, Turn, TurnFn,
    lanes::Lanes,
    panel::{Panel, PanelFn, panel},
};

/// The sums of a tile before the first term: zeros, or what is there.
#[inline(always)]
unsafe fn begin<V: Lanes, const R: usize, const C: usize>(
    y: *const f32,
    to: impl Fn(usize) -> usize,
    count: usize,
    columns: usize,
    add: bool,
) -> [[V; C]; R] {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let mut sums = [[V::zero(); C]; R];
        if add && count == R && columns == C * V::LANES {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c] = V::load(y.add(to(r) + c * V::LANES));
                }
            }
        } else if add {
            for r in 0..R {
                if r < count {
                    for c in 0..C {
                        let at = c * V::LANES;
                        sums[r][c] = V::load_some(y.wrapping_add(to(r) + at), columns.saturating_sub(at));
                    }
                }
            }
        }
        sums
    }
}

/// Writes the sums of a tile: `count` rows, where `to` says, of so many columns.
#[inline(always)]
unsafe fn put<V: Lanes, const R: usize, const C: usize>(
    sums: [[V; C]; R],
    y: *mut f32,
    to: impl Fn(usize) -> usize,
    count: usize,
    columns: usize,
) {
    // Only constants count the sums, so that they stay in registers.
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        if count == R && columns == C * V::LANES {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c].store(y.add(to(r) + c * V::LANES));
                }
            }
            return;
        }
        for r in 0..R {
            if r < count {
                for c in 0..C {
                    let at = c * V::LANES;
                    sums[r][c].store_some(y.wrapping_add(to(r) + at), columns.saturating_sub(at));
                }
            }
        }
    }
}

/// R rows of C vectors: the sum over the runs.
#[inline(always)]
unsafe fn dot<V: Lanes, const R: usize, const C: usize>(d: &Dot<'_>) {
    // SAFETY: the caller vouches for the addresses, and the tables have R entries.
    unsafe {
        let to = |r: usize| *d.to.get_unchecked(r) as usize;
        let mut sums: [[V; C]; R] = begin(d.y, to, d.count, d.columns, d.add);
        let mut rows = [std::ptr::null::<f32>(); R];
        for r in 0..R {
            rows[r] = d.x.add(*d.at.get_unchecked(r) as usize);
        }
        let mut w = d.w;
        for &offset in d.runs {
            let mut here = rows;
            for r in 0..R {
                here[r] = rows[r].add(offset as usize);
            }
            for k in 0..d.run {
                let mut columns = [V::zero(); C];
                for c in 0..C {
                    columns[c] = V::load(w.add(c * V::LANES));
                }
                for r in 0..R {
                    let x = V::splat(here[r].add(k));
                    for c in 0..C {
                        sums[r][c] = sums[r][c].fma(x, columns[c]);
                    }
                }
                w = w.wrapping_add(d.step);
            }
        }
        put(sums, d.y, to, d.count, d.columns);
    }
}

/// R rows of C vectors: the sum over the places.
#[inline(always)]
unsafe fn outer<V: Lanes, const R: usize, const C: usize>(o: &Outer<'_>) {
    let near = o.rows.windows(2).all(|pair| pair[1] == pair[0] + 1);
    // SAFETY: passed on.
    unsafe {
        match (o.columns == C * V::LANES, near) {
            (true, true) => outer_of::<V, R, C, true, true>(o),
            (true, false) => outer_of::<V, R, C, true, false>(o),
            (false, _) => outer_of::<V, R, C, false, false>(o),
        }
    }
}

/// The same; `WHOLE`: all columns are there; `NEAR`: the rows are neighbours, which need no registers for their offsets.
#[inline(always)]
unsafe fn outer_of<V: Lanes, const R: usize, const C: usize, const WHOLE: bool, const NEAR: bool>(o: &Outer<'_>) {
    // SAFETY: the caller vouches for the addresses, and `rows` has R entries.
    unsafe {
        let to = |r: usize| r * o.row;
        let mut sums: [[V; C]; R] = begin(o.y, to, o.count, o.columns, o.add);
        let mut offsets = [0usize; R];
        for r in 0..R {
            offsets[r] = *o.rows.get_unchecked(r) as usize;
        }
        let mut g = o.g;
        for &at in o.at {
            let x = o.x.add(at as usize);
            let mut columns = [V::zero(); C];
            for c in 0..C {
                columns[c] = if WHOLE {
                    V::load(g.add(c * V::LANES))
                } else {
                    V::load_some(g.wrapping_add(c * V::LANES), o.columns.saturating_sub(c * V::LANES))
                };
            }
            for r in 0..R {
                let x = V::splat(if NEAR { x.add(offsets[0]).add(r) } else { x.add(offsets[r]) });
                for c in 0..C {
                    sums[r][c] = sums[r][c].fma(x, columns[c]);
                }
            }
            g = g.wrapping_add(o.step);
        }
        put(sums, o.y, to, o.count, o.columns);
    }
}

/// One row, one column: the vectors go along the runs.
#[inline(always)]
unsafe fn line<V: Lanes>(d: &Dot<'_>) {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let x = d.x.add(d.at[0] as usize);
        let (mut sums, mut rest) = ([V::zero(); 2], V::zero());
        let mut w = d.w;
        for &offset in d.runs {
            let x = x.add(offset as usize);
            let mut k = 0;
            while k + 2 * V::LANES <= d.run {
                for (i, sum) in sums.iter_mut().enumerate() {
                    let at = k + i * V::LANES;
                    *sum = sum.fma(V::load(x.add(at)), V::load(w.add(at)));
                }
                k += 2 * V::LANES;
            }
            while k < d.run {
                let n = (d.run - k).min(V::LANES);
                rest = rest.fma(V::load_some(x.add(k), n), V::load_some(w.add(k), n));
                k += n;
            }
            w = w.add(d.run);
        }
        *d.y.add(d.to[0] as usize) = sums[0].add(sums[1]).add(rest).sum();
    }
}

/// Transposes, a vector of rows and four columns at a time.
#[inline(always)]
unsafe fn turn<V: Lanes>(t: &Turn) {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        for first in (0..t.width).step_by(V::LANES) {
            let (x, y) = (t.x.wrapping_add(first * t.row), t.y.add(first));
            let rows = t.rows.saturating_sub(first).min(V::LANES);
            let mut c = 0;
            if rows == V::LANES {
                while c + 4 <= t.columns {
                    for (i, column) in V::columns(x.add(c), t.row).into_iter().enumerate() {
                        column.store(y.add((c + i) * t.width));
                    }
                    c += 4;
                }
            }
            while c < t.columns {
                for r in 0..V::LANES {
                    *y.add(c * t.width + r) = if r < rows { *x.add(r * t.row + c) } else { 0.0 };
                }
                c += 1;
            }
        }
    }
}

macro_rules! set {
    ($vector:ty, $feature:literal, dots: [$($dr:literal x $dc:literal),*], outers: [$($or:literal x $oc:literal),*],
     panels: [$($pr:literal x $pc:literal),*]) => {{
        type V = $vector;
        const LANES: usize = <V as Lanes>::LANES;
        #[target_feature(enable = $feature)]
        unsafe fn one(d: &Dot<'_>) {
            // SAFETY: passed on.
            unsafe { line::<V>(d) }
        }
        #[target_feature(enable = $feature)]
        unsafe fn transpose(t: &Turn) {
            // SAFETY: passed on.
            unsafe { turn::<V>(t) }
        }
        Micro {
            lanes: LANES,
            dots: vec![$({
                #[target_feature(enable = $feature)]
                unsafe fn run(d: &Dot<'_>) {
                    // SAFETY: passed on.
                    unsafe { dot::<V, $dr, $dc>(d) }
                }
                Tile { rows: $dr, width: $dc * LANES, run: run as DotFn }
            }),*],
            outers: vec![$({
                #[target_feature(enable = $feature)]
                unsafe fn run(o: &Outer<'_>) {
                    // SAFETY: passed on.
                    unsafe { outer::<V, $or, $oc>(o) }
                }
                Tile { rows: $or, width: $oc * LANES, run: run as OuterFn }
            }),*],
            panels: vec![$({
                #[target_feature(enable = $feature)]
                unsafe fn run(p: &Panel) {
                    // SAFETY: passed on.
                    unsafe { panel::<V, $pr, $pc>(p) }
                }
                Tile { rows: $pr, width: $pc * LANES, run: run as PanelFn }
            }),*],
            line: one as DotFn,
            turn: transpose as TurnFn,
        }
    }};
}

/// The sets that this processor has, the best first.
pub(super) fn sets() -> Vec<Micro> {
    #[cfg(target_arch = "x86_64")]
    {
        use super::lanes::x86::{Avx2, Avx512};
        let mut sets = vec![];
        if std::is_x86_feature_detected!("avx512f") {
            sets.push(set!(Avx512, "avx512f",
                dots: [12 x 1, 6 x 4, 8 x 3, 12 x 2],
                outers: [12 x 1, 6 x 4, 8 x 3, 12 x 2],
                panels: [6 x 4, 8 x 3, 12 x 2, 12 x 1]));
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            sets.push(set!(Avx2, "avx2,fma",
                dots: [12 x 1, 6 x 2],
                outers: [6 x 1, 12 x 1, 6 x 2],
                panels: [6 x 2, 12 x 1]));
        }
        sets
    }
    #[cfg(target_arch = "aarch64")]
    {
        use super::lanes::arm::Neon;
        vec![set!(Neon, "neon", dots: [12 x 2, 6 x 4], outers: [12 x 2, 6 x 4], panels: [6 x 4, 12 x 2, 12 x 1])]
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    vec![]
}
