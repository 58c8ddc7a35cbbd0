//! Float32 against float64.

use super::Real;

/// Arguments of every size and both signs, and the special ones.
fn arguments() -> impl Iterator<Item = f32> {
    let special = [0.0, -0.0, 1.0, -1.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN, 1e-45, -1e-45];
    let spread = (0..u32::MAX).step_by(4_001).map(f32::from_bits);
    let near = (-400_000..400_000).map(|i| i as f32 * 2.7e-4);
    special.into_iter().chain(spread).chain(near)
}

/// The largest error in units of the last place.
fn check(name: &str, f: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64, limit: f64) {
    let mut worst = (0.0, 0.0f32);
    for x in arguments() {
        let (got, want) = (f(x), exact(f64::from(x)));
        if (want as f32).is_nan() || (want as f32).is_infinite() || got.is_nan() || got.is_infinite() {
            let near = want.abs() > f64::from(f32::MAX) * 0.999_999 && got.abs() > f32::MAX * 0.999_999;
            let same = (got.is_nan() && want.is_nan())
                || got == want as f32
                || (near && got.is_sign_positive() == (want > 0.0));
            assert!(same, "{name}({x:e}) is {got:e} instead of {want:e}");
            continue;
        }
        let rounded = (want as f32).abs().max(f32::MIN_POSITIVE);
        let unit = f64::from(rounded.next_up()) - f64::from(rounded);
        let error = (f64::from(got) - want).abs() / unit;
        if error > worst.0 {
            worst = (error, x);
        }
    }
    assert!(worst.0 <= limit, "{name}({:e}) is {} units off", worst.1, worst.0);
    println!("{name}: {:.2} units at {:e}", worst.0, worst.1);
}

#[test]
fn functions_of_float32_are_those_of_float64() {
    check("exp", Real::exp, f64::exp, 2.0);
    // What it is not for is left out.
    let low = |x: f32| if x > 0.0 { Real::exp(x) } else { Real::exp_low(x) };
    check(
        "exp_low",
        |x| {
            if x < -87.33 {
                assert!(low(x) == 0.0);
                Real::exp(x)
            } else {
                low(x)
            }
        },
        f64::exp,
        2.0,
    );
    check("expm1", Real::expm1, f64::exp_m1, 3.0);
    check("ln", Real::ln, f64::ln, 2.0);
    check("ln1p", Real::ln1p, f64::ln_1p, 3.0);
    check("sin", Real::sin, f64::sin, 2.0);
    check("cos", Real::cos, f64::cos, 2.0);
    check("tan", Real::tan, f64::tan, 4.0);
    check("tanh", Real::tanh, f64::tanh, 3.0);
    check("softplus", Real::softplus, Real::softplus, 3.0);
    check("erf", Real::erf, libm::erf, 2.0);
    // Below −87 the denominator overflows: the result is 0 instead of a subnormal number.
    check(
        "sigmoid",
        |x: f32| if x < -87.0 { Real::sigmoid(f64::from(x)) as f32 } else { Real::sigmoid(x) },
        Real::sigmoid,
        3.0,
    );
    for y in [
        0.0f32,
        0.5,
        -0.5,
        1.0,
        2.0,
        3.0,
        -1.0,
        -3.0,
        2.5,
        17.0,
        1e9,
        -1e-3,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
    ] {
        check(&format!("pow {y}"), |x| Real::pow(x, y), |x| x.powf(f64::from(y)), 1.0);
    }
}

#[test]
fn signs_of_zero_stay() {
    for f in [Real::sin, Real::tan, Real::tanh, Real::expm1, Real::ln1p, Real::erf] as [fn(f32) -> f32; 6] {
        assert!(f(-0.0) == 0.0 && f(-0.0).is_sign_negative());
    }
}
