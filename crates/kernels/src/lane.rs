//! Elementwise functions over runs of elements.
//!
//! A lane reads `n` elements of each operand and writes `n` results. Operands may be the result's own memory (in place), so
//! elements pass through small local blocks, which also lets the compiler use vectors without asking about overlap.

use std::sync::Arc;

type Run = dyn Fn(&[*const u8], *mut u8, usize) + Send + Sync;

/// A prepared elementwise function.
#[derive(Clone)]
pub struct Lane(Arc<Run>);

impl Lane {
    /// Computes `n` elements.
    ///
    /// # Safety
    /// Every operand address holds `n` elements of the lane's operand types, `out` holds `n` of its result type; `out` is
    /// either disjoint from each operand or equal to it with elements of the same size.
    pub unsafe fn run(&self, operands: &[*const u8], out: *mut u8, n: usize) {
        (self.0)(operands, out, n);
    }
}

const BLOCK: usize = 64;

/// Runs `f` compiled for the widest vectors this processor has. A debug build has it once, for any processor: three copies of
/// every kernel are most of what there is to compile.
#[inline(always)]
pub fn simd<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(debug_assertions)]
    return f();
    #[cfg(not(debug_assertions))]
    pulp::Arch::new().dispatch(f)
}

macro_rules! lanes {
    ($n:expr, $out:expr, $O:ty, [$($a:ident : $A:ty = $i:expr),*], $call:expr) => {
        simd(
            #[inline(always)]
            || {
                let out = $out.cast::<$O>();
                $(let $a = $i.cast::<$A>();)*
                let mut at = 0;
                while at + BLOCK <= $n {
                    // SAFETY: `at + BLOCK <= n`, within what the caller of `run` promised.
                    unsafe {
                        $(let $a = $a.add(at).cast::<[$A; BLOCK]>().read_unaligned();)*
                        let mut block = std::mem::MaybeUninit::<[$O; BLOCK]>::uninit();
                        let results = block.as_mut_ptr().cast::<$O>();
                        for k in 0..BLOCK {
                            results.add(k).write($call(k, $(&$a),*));
                        }
                        out.add(at).cast::<[$O; BLOCK]>().write_unaligned(block.assume_init());
                    }
                    at += BLOCK;
                }
                while at < $n {
                    // SAFETY: as above, one element at a time.
                    unsafe {
                        $(let $a = [$a.add(at).read_unaligned(); 1];)*
                        out.add(at).write_unaligned($call(0, $(&$a),*));
                    }
                    at += 1;
                }
            },
        )
    };
}

/// A lane without operands.
pub fn nullary<O: Copy + Send + Sync + 'static>(value: O) -> Lane {
    Lane(Arc::new(move |_, out, n| {
        for k in 0..n {
            // SAFETY: `out` holds n elements.
            unsafe { out.cast::<O>().add(k).write_unaligned(value) };
        }
    }))
}

/// A lane of one operand.
pub fn unary<A: Copy + 'static, O: Copy + 'static>(f: impl Fn(A) -> O + Copy + Send + Sync + 'static) -> Lane {
    Lane(Arc::new(move |ins, out, n| {
        let i = ins[0];
        lanes!(n, out, O, [a: A = i], |k: usize, a: &[A]| f(a[k]));
    }))
}

/// A lane of two operands.
pub fn binary<A: Copy + 'static, B: Copy + 'static, O: Copy + 'static>(
    f: impl Fn(A, B) -> O + Copy + Send + Sync + 'static,
) -> Lane {
    Lane(Arc::new(move |ins, out, n| {
        let (i, j) = (ins[0], ins[1]);
        lanes!(n, out, O, [a: A = i, b: B = j], |k: usize, a: &[A], b: &[B]| f(a[k], b[k]));
    }))
}

/// A lane of three operands.
pub fn ternary<A: Copy + 'static, B: Copy + 'static, C: Copy + 'static, O: Copy + 'static>(
    f: impl Fn(A, B, C) -> O + Copy + Send + Sync + 'static,
) -> Lane {
    Lane(Arc::new(move |ins, out, n| {
        let (i, j, l) = (ins[0], ins[1], ins[2]);
        lanes!(n, out, O, [a: A = i, b: B = j, c: C = l], |k: usize, a: &[A], b: &[B], c: &[C]| f(a[k], b[k], c[k]));
    }))
}

/// A lane of five operands.
pub fn quinary<
    A: Copy + 'static,
    B: Copy + 'static,
    C: Copy + 'static,
    D: Copy + 'static,
    E: Copy + 'static,
    O: Copy + 'static,
>(
    f: impl Fn(A, B, C, D, E) -> O + Copy + Send + Sync + 'static,
) -> Lane {
    Lane(Arc::new(move |ins, out, n| {
        let (i, j, l, p, q) = (ins[0], ins[1], ins[2], ins[3], ins[4]);
        lanes!(n, out, O, [a: A = i, b: B = j, c: C = l, d: D = p, e: E = q], |k: usize,
                                                                               a: &[A],
                                                                               b: &[B],
                                                                               c: &[C],
                                                                               d: &[D],
                                                                               e: &[E]| f(a[k], b[k], c[k], d[k], e[k]));
    }))
}
