//! The transforms in one dimension: a polynomial of degree N - 1 by its values at N points, one of them infinity.
//!
//! Points that come in pairs ±a share their even and odd halves. The points are those with the smallest error among the quotients
//! with a denominator of 16 (the root of the mean square is 1.2 to 2 times that of a sum in f32; with the usual 0, ±1, ±2, ∞ it is
//! 4 times); their powers are exact in f32.

use crate::micro::lanes::Lanes;

/// The points a, -a, b, -b, ∞ and, where there is a sixth, 0.
pub(super) trait Points {
    /// Points.
    const N: usize;
    /// Results of a tile: with the three of a kernel, two fewer than points.
    const M: usize = Self::N - 2;
    /// The first pair,
    const A: f32;
    /// and the second.
    const B: f32;
}

/// Tiles of 3 by 3.
pub(super) struct Five;
impl Points for Five {
    const N: usize = 5;
    const A: f32 = 0.5;
    const B: f32 = 1.25;
}

/// Tiles of 4 by 4.
pub(super) struct Six;
impl Points for Six {
    const N: usize = 6;
    const A: f32 = 0.6875;
    const B: f32 = 1.375;
}

/// As many values as there are points, zeros behind them.
pub(super) type Values<V> = [V; 6];

/// The product of the differences to the other finite points, for a and for b (of -a and -b it is `sign` times that), and for 0.
const fn denominators<P: Points>() -> (f32, f32, f32, f32) {
    let (a, b) = (P::A, P::B);
    let between = 2.0 * (a * a - b * b);
    if P::N == 6 {
        (a * a * between, -b * b * between, a * a * b * b, 1.0)
    } else {
        (a * between, -b * between, 1.0, -1.0)
    }
}

#[inline(always)]
unsafe fn fma<V: Lanes>(sum: V, a: V, by: f32) -> V {
    // SAFETY: the instruction set is there, as the caller vouches.
    unsafe { sum.fma(a, V::splat(&by)) }
}

#[inline(always)]
unsafe fn times<V: Lanes>(a: V, by: f32) -> V {
    // SAFETY: as above.
    unsafe { fma(V::zero(), a, by) }
}

/// What meets the transformed kernel: N elements of a line to N values.
#[inline(always)]
pub(super) unsafe fn input<V: Lanes, P: Points>(d: Values<V>) -> Values<V> {
    let (a, b, z) = (P::A, P::B, P::N - 5);
    let (sum, product) = (a * a + b * b, a * a * b * b);
    // SAFETY: as above.
    unsafe {
        let (even, odd) = (fma(d[3 + z], d[1 + z], -b * b), fma(d[2 + z], d[z], -b * b));
        let (even_b, odd_b) = (fma(d[3 + z], d[1 + z], -a * a), fma(d[2 + z], d[z], -a * a));
        let zero = if z == 1 { fma(fma(d[4], d[2], -sum), d[0], product) } else { V::zero() };
        [
            fma(even, odd, a),
            fma(even, odd, -a),
            fma(even_b, odd_b, b),
            fma(even_b, odd_b, -b),
            fma(fma(d[4 + z], d[2 + z], -sum), d[z], product),
            zero,
        ]
    }
}

/// The sums over the points: N values to M results.
#[inline(always)]
pub(super) unsafe fn output<V: Lanes, P: Points>(m: Values<V>) -> Values<V> {
    let (a, b) = (P::A, P::B);
    // SAFETY: as above.
    unsafe {
        let (even, odd) = (m[0].add(m[1]), fma(m[0], m[1], -1.0));
        let (even_b, odd_b) = (m[2].add(m[3]), fma(m[2], m[3], -1.0));
        let mut y = [V::zero(); 6];
        y[0] = even.add(even_b);
        y[1] = fma(times(odd, a), odd_b, b);
        y[2] = fma(times(even, a * a), even_b, b * b);
        if P::M == 4 {
            y[0] = y[0].add(m[5]);
            y[3] = fma(fma(m[4], odd, a * a * a), odd_b, b * b * b);
        } else {
            y[2] = y[2].add(m[4]);
        }
        y
    }
}

/// The transpose of [`output`]: M elements of a gradient to N values.
#[inline(always)]
pub(super) unsafe fn spread<V: Lanes, P: Points>(g: Values<V>) -> Values<V> {
    let (a, b) = (P::A, P::B);
    // SAFETY: as above.
    unsafe {
        let (even, even_b) = (fma(g[0], g[2], a * a), fma(g[0], g[2], b * b));
        let (mut odd, mut odd_b) = (times(g[1], a), times(g[1], b));
        if P::M == 4 {
            (odd, odd_b) = (fma(odd, g[3], a * a * a), fma(odd_b, g[3], b * b * b));
        }
        let last = g[P::M - 1];
        [even.add(odd), fma(even, odd, -1.0), even_b.add(odd_b), fma(even_b, odd_b, -1.0), last, g[0]]
    }
}

/// The kernel's values: three elements to N values.
#[inline(always)]
pub(super) unsafe fn kernel<V: Lanes, P: Points>(w: [V; 3]) -> Values<V> {
    let (a, b) = (P::A, P::B);
    let (of_a, of_b, of_zero, sign) = const { denominators::<P>() };
    // SAFETY: as above.
    unsafe {
        let (even, even_b) = (fma(w[0], w[2], a * a), fma(w[0], w[2], b * b));
        [
            times(fma(even, w[1], a), 1.0 / of_a),
            times(fma(even, w[1], -a), sign / of_a),
            times(fma(even_b, w[1], b), 1.0 / of_b),
            times(fma(even_b, w[1], -b), sign / of_b),
            w[2],
            times(w[0], 1.0 / of_zero),
        ]
    }
}

/// The transpose of [`kernel`]: N sums to the three elements of a kernel.
#[inline(always)]
pub(super) unsafe fn gather<V: Lanes, P: Points>(s: Values<V>) -> [V; 3] {
    let (a, b) = (P::A, P::B);
    let (of_a, of_b, of_zero, sign) = const { denominators::<P>() };
    // SAFETY: as above.
    unsafe {
        let (even, odd) = (times(fma(s[0], s[1], sign), 1.0 / of_a), times(fma(s[0], s[1], -sign), 1.0 / of_a));
        let (even_b, odd_b) = (times(fma(s[2], s[3], sign), 1.0 / of_b), times(fma(s[2], s[3], -sign), 1.0 / of_b));
        let first = even.add(even_b);
        [
            if P::N == 6 { fma(first, s[5], 1.0 / of_zero) } else { first },
            fma(times(odd, a), odd_b, b),
            fma(fma(s[4], even, a * a), even_b, b * b),
        ]
    }
}
