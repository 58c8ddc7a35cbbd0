//! The error function in float32.
//!
//! Source of the polynomials: N. Juffa, "Accurate approximation of erf in single precision" (NVIDIA developer forums, 2013).

use super::exp::exp;

/// erf x
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let s = x * x;
    let p = -5.967_617e-4f32;
    let p = p.mul_add(s, 4.991_194e-3);
    let p = p.mul_add(s, -2.676_813_5e-2);
    let p = p.mul_add(s, 1.128_199_2e-1);
    let p = p.mul_add(s, -3.761_253_4e-1);
    let p = p.mul_add(s, 1.283_791_7e-1);
    let inner = p.mul_add(x, x);
    // From 4 on, erf is 1 in float32.
    let t = if x.abs() < 4.0 { x.abs() } else { 4.0 };
    let s = t * t;
    let q = (-1.728_534_7e-5f32).mul_add(t, 3.831_971_3e-4);
    let u = (-3.883_964_4e-3f32).mul_add(t, 2.425_462_2e-2);
    let q = q.mul_add(s, u);
    let q = q.mul_add(t, -1.067_778_8e-1);
    let q = q.mul_add(t, -6.348_467e-1);
    let q = q.mul_add(t, -1.287_175_1e-1);
    let outer = (1.0 - exp(q.mul_add(t, -t))).copysign(x);
    let y = if t > 0.927_734_4 { outer } else { inner };
    if x.is_nan() { x } else { y }
}
