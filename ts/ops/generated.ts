// Generated from the registry of the Rust core by scripts/generate-ops.mjs. Do not edit: change the op's own file there.
import { apply } from "../engine/dispatch.js";
import type { DType } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import type { Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { axes, json } from "./attrs.js";

/** The absolute value, elementwise; its derivative at 0 is 0. */
export function abs<T0 extends Operand>(x: T0): Result<T0> {
  return apply("abs", [x], "{}", "Absolute") as Result<T0>;
}

/** The inverse cosine in [0, π], elementwise; NaN outside [−1, 1]. */
export function acos<T0 extends Operand>(x: T0): Result<T0> {
  return apply("acos", [x], "{}", "Arccos") as Result<T0>;
}

/** The inverse hyperbolic cosine, elementwise; NaN below 1. */
export function acosh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("acosh", [x], "{}", "Acosh") as Result<T0>;
}

/**
 * w − m · rate / (√v + epsilon), elementwise: a step against a gradient m that is divided by the root of its mean square v, in one pass over memory.
 *
 * @param options.within Whether epsilon is added under the root: √(v + epsilon). Default false.
 */
export function adaptiveStep<T0 extends Operand, T1 extends Operand, T2 extends Operand, T3 extends Operand, T4 extends Operand>(w: T0, m: T1, v: T2, rate: T3, epsilon: T4, options: { within?: boolean } = {}): Result<T0, T1, T2> {
  const { within = false } = options;
  return apply("adaptive_step", [w, m, v, rate, epsilon], `{"within":${within}}`, "AdaptiveStep") as Result<T0, T1, T2>;
}

/** x1 + x2, elementwise with numpy's broadcasting; on booleans, logical or. */
export function add<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("add", [x1, x2], "{}", "Add") as Result<T0, T1>;
}

/** The angle of the point (x2, x1) in (−π, π], elementwise with numpy's broadcasting. */
export function arctan2<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("arctan2", [x1, x2], "{}", "Arctan2") as Result<T0, T1>;
}

/** The inverse sine in [−π/2, π/2], elementwise; NaN outside [−1, 1]. */
export function asin<T0 extends Operand>(x: T0): Result<T0> {
  return apply("asin", [x], "{}", "Arcsin") as Result<T0>;
}

/** The inverse hyperbolic sine, elementwise. */
export function asinh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("asinh", [x], "{}", "Asinh") as Result<T0>;
}

/** The inverse tangent in (−π/2, π/2), elementwise. */
export function atan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("atan", [x], "{}", "Arctan") as Result<T0>;
}

/** The inverse hyperbolic tangent, elementwise; infinite at ±1, NaN outside. */
export function atanh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("atanh", [x], "{}", "Atanh") as Result<T0>;
}

/**
 * x in another dtype: floats become integers by truncation towards zero; anything but 0 is true.
 *
 * @param options.dtype The dtype of the result.
 */
export function cast<T0 extends Operand>(x: T0, options: { dtype: DType }): Result<T0> {
  const { dtype } = options;
  return apply("cast", [x], `{"dtype":${json(dtype)}}`, "Cast") as Result<T0>;
}

/** The real cube root, elementwise. Its derivative at 0 is infinite. */
export function cbrt<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cbrt", [x], "{}", "Cbrt") as Result<T0>;
}

/** The smallest integer not below x, elementwise; integers become floats. No gradient. */
export function ceil<T0 extends Operand>(x: T0): Result<T0> {
  return apply("ceil", [x], "{}", "Ceil") as Result<T0>;
}

/**
 * min(max(x, `min`), `max`), elementwise: a bound wins over x, and `max` over `min`.
 *
 * @param options.min The least value; null: none. Default null.
 * @param options.max The largest value; null: none. Default null.
 */
export function clip<T0 extends Operand>(x: T0, options: { min?: number | null; max?: number | null } = {}): Result<T0> {
  const { min = null, max = null } = options;
  return apply("clip", [x], `{"min":${json(min)},"max":${json(max)}}`, "Clip") as Result<T0>;
}

/** The cosine of x in radians, elementwise. */
export function cos<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cos", [x], "{}", "Cos") as Result<T0>;
}

/** The hyperbolic cosine, elementwise. */
export function cosh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cosh", [x], "{}", "Cosh") as Result<T0>;
}

/** x · π / 180, elementwise: degrees as radians. */
export function deg2rad<T0 extends Operand>(x: T0): Result<T0> {
  return apply("deg2rad", [x], "{}", "Deg2rad") as Result<T0>;
}

/** x1 / x2, elementwise with numpy's broadcasting; integers are divided as float32. */
export function divide<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("divide", [x1, x2], "{}", "Divide") as Result<T0, T1>;
}

/** x1 / x2, or 0 where x2 is 0, elementwise with numpy's broadcasting; neither operand has a gradient there. */
export function divideNoNan<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("divide_no_nan", [x1, x2], "{}", "DivideNoNan") as Result<T0, T1>;
}

/** true where x1 = x2, elementwise with numpy's broadcasting. */
export function equal<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("equal", [x1, x2], "{}", "Equal") as Result<T0, T1>;
}

/** The error function 2/√π · ∫₀ˣ e^(−t²) dt, elementwise. */
export function erf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("erf", [x], "{}", "Erf") as Result<T0>;
}

/** The complementary error function 1 − erf x, elementwise, accurate where erf x is near 1. */
export function erfc<T0 extends Operand>(x: T0): Result<T0> {
  return apply("erfc", [x], "{}", "Erfc") as Result<T0>;
}

/** The inverse of the error function, elementwise; infinite at ±1, NaN outside. Source of the first guess: Giles, *Approximating the erfinv function*, GPU Computing Gems, 2011; then Halley's steps. */
export function erfinv<T0 extends Operand>(x: T0): Result<T0> {
  return apply("erfinv", [x], "{}", "Erfinv") as Result<T0>;
}

/** 2 to the power of x, elementwise. */
export function exp2<T0 extends Operand>(x: T0): Result<T0> {
  return apply("exp2", [x], "{}", "Exp2") as Result<T0>;
}

/** eˣ, elementwise. */
export function exp<T0 extends Operand>(x: T0): Result<T0> {
  return apply("exp", [x], "{}", "Exp") as Result<T0>;
}

/** eˣ − 1, elementwise, accurate near 0. */
export function expm1<T0 extends Operand>(x: T0): Result<T0> {
  return apply("expm1", [x], "{}", "Expm1") as Result<T0>;
}

/** The absolute value as a float, elementwise; its derivative at 0 is 0. */
export function fabs<T0 extends Operand>(x: T0): Result<T0> {
  return apply("fabs", [x], "{}", "Fabs") as Result<T0>;
}

/** The largest integer not above x, elementwise; integers become floats. No gradient. */
export function floor<T0 extends Operand>(x: T0): Result<T0> {
  return apply("floor", [x], "{}", "Floor") as Result<T0>;
}

/** ⌊x1 / x2⌋, elementwise with numpy's broadcasting, as Python divides: towards −∞. An integer divided by 0 is 0. No gradient. */
export function floorDivide<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("floor_divide", [x1, x2], "{}", "FloorDivide") as Result<T0, T1>;
}

/** The larger of x1 and x2, elementwise with numpy's broadcasting; the other one where one is NaN. At a tie x2 gets the gradient. */
export function fmax<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("fmax", [x1, x2], "{}", "Fmax") as Result<T0, T1>;
}

/** The smaller of x1 and x2, elementwise with numpy's broadcasting; the other one where one is NaN. At a tie x2 gets the gradient. */
export function fmin<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("fmin", [x1, x2], "{}", "Fmin") as Result<T0, T1>;
}

/** The rest of x1 / x2 with the sign of x1, elementwise with numpy's broadcasting, as C takes it. An integer by 0 gives 0. */
export function fmod<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("fmod", [x1, x2], "{}", "Fmod") as Result<T0, T1>;
}

/** true where x1 > x2, elementwise with numpy's broadcasting. */
export function greater<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("greater", [x1, x2], "{}", "Greater") as Result<T0, T1>;
}

/** true where x1 ≥ x2, elementwise with numpy's broadcasting. */
export function greaterEqual<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("greater_equal", [x1, x2], "{}", "GreaterEqual") as Result<T0, T1>;
}

/** 0 where x1 < 0, 1 where x1 > 0, x2 where x1 is 0, and NaN where x1 is; elementwise with numpy's broadcasting. */
export function heaviside<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("heaviside", [x1, x2], "{}", "Heaviside") as Result<T0, T1>;
}

/** √(x1² + x2²), elementwise with numpy's broadcasting, without overflow. Its derivative at the origin is 0. */
export function hypot<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("hypot", [x1, x2], "{}", "Hypot") as Result<T0, T1>;
}

/** The modified Bessel function of the first kind and order 0, elementwise. */
export function i0<T0 extends Operand>(x: T0): Result<T0> {
  return apply("i0", [x], "{}", "I0") as Result<T0>;
}

/** The modified Bessel function of the first kind and order 1, elementwise: the derivative of `i0`. */
export function i1<T0 extends Operand>(x: T0): Result<T0> {
  return apply("i1", [x], "{}", "I1") as Result<T0>;
}

/**
 * true where |x1 − x2| ≤ `atol` + `rtol` · |x2|, or both are equal, elementwise with numpy's broadcasting.
 *
 * @param options.rtol The distance allowed for each unit of |x2|. Default 1e-5.
 * @param options.atol The distance allowed everywhere. Default 1e-8.
 * @param options.equalNan Whether NaN equals NaN. Default false.
 */
export function isclose<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1, options: { rtol?: number; atol?: number; equalNan?: boolean } = {}): Result<T0, T1> {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  return apply("isclose", [x1, x2], `{"rtol":${json(rtol)},"atol":${json(atol)},"equal_nan":${equalNan}}`, "Isclose") as Result<T0, T1>;
}

/** true where x is neither infinite nor NaN, elementwise. */
export function isfinite<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isfinite", [x], "{}", "Isfinite") as Result<T0>;
}

/** true where x is ∞ or −∞, elementwise. */
export function isinf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isinf", [x], "{}", "Isinf") as Result<T0>;
}

/** true where x is NaN, elementwise. */
export function isnan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isnan", [x], "{}", "Isnan") as Result<T0>;
}

/** true where x is −∞, elementwise. */
export function isneginf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isneginf", [x], "{}", "Isneginf") as Result<T0>;
}

/** true where x is ∞, elementwise. */
export function isposinf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isposinf", [x], "{}", "Isposinf") as Result<T0>;
}

/** x1 · 2^x2 for integers x2, elementwise with numpy's broadcasting, without overflow on the way. */
export function ldexp<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("ldexp", [x1, x2], "{}", "Ldexp") as Result<T0, T1>;
}

/** true where x1 < x2, elementwise with numpy's broadcasting. */
export function less<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("less", [x1, x2], "{}", "Less") as Result<T0, T1>;
}

/** true where x1 ≤ x2, elementwise with numpy's broadcasting. */
export function lessEqual<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("less_equal", [x1, x2], "{}", "LessEqual") as Result<T0, T1>;
}

/** The logarithm to base 10, elementwise, exact at the powers of 10; NaN below 0, −∞ at 0. */
export function log10<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log10", [x], "{}", "Log10") as Result<T0>;
}

/** ln(1 + x), elementwise, accurate near 0. */
export function log1p<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log1p", [x], "{}", "Log1p") as Result<T0>;
}

/** The logarithm to base 2, elementwise, exact at the powers of 2; NaN below 0, −∞ at 0. */
export function log2<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log2", [x], "{}", "Log2") as Result<T0>;
}

/** The natural logarithm, elementwise; NaN below 0, −∞ at 0. */
export function log<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log", [x], "{}", "Log") as Result<T0>;
}

/** The logarithm to base 2 of 2^x1 + 2^x2, elementwise with numpy's broadcasting, without overflow. */
export function logaddexp2<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("logaddexp2", [x1, x2], "{}", "Logaddexp2") as Result<T0, T1>;
}

/** ln(exp x1 + exp x2), elementwise with numpy's broadcasting, without overflow. */
export function logaddexp<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("logaddexp", [x1, x2], "{}", "Logaddexp") as Result<T0, T1>;
}

/** x1 ∧ x2, elementwise with numpy's broadcasting; anything but 0 is true. */
export function logicalAnd<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("logical_and", [x1, x2], "{}", "LogicalAnd") as Result<T0, T1>;
}

/** true where x is 0 or false, elementwise. */
export function logicalNot<T0 extends Operand>(x: T0): Result<T0> {
  return apply("logical_not", [x], "{}", "LogicalNot") as Result<T0>;
}

/** x1 ∨ x2, elementwise with numpy's broadcasting; anything but 0 is true. */
export function logicalOr<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("logical_or", [x1, x2], "{}", "LogicalOr") as Result<T0, T1>;
}

/** x1 ⊕ x2, elementwise with numpy's broadcasting; anything but 0 is true. */
export function logicalXor<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("logical_xor", [x1, x2], "{}", "LogicalXor") as Result<T0, T1>;
}

/** The larger of x1 and x2, elementwise with numpy's broadcasting; NaN where either is NaN. At a tie each gets half the gradient. */
export function maximum<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("maximum", [x1, x2], "{}", "Maximum") as Result<T0, T1>;
}

/** The smaller of x1 and x2, elementwise with numpy's broadcasting; NaN where either is NaN. At a tie each gets half the gradient. */
export function minimum<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("minimum", [x1, x2], "{}", "Minimum") as Result<T0, T1>;
}

/** The rest of x1 / x2 with the sign of x2, elementwise with numpy's broadcasting, as Python takes it. An integer mod 0 is 0. */
export function mod<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("mod", [x1, x2], "{}", "Mod") as Result<T0, T1>;
}

/** a + (x − a) · rate, elementwise: how optimizers remember gradients, in one pass over memory. */
export function movingAverage<T0 extends Operand, T1 extends Operand, T2 extends Operand>(a: T0, x: T1, rate: T2): Result<T0, T1, T2> {
  return apply("moving_average", [a, x, rate], "{}", "MovingAverage") as Result<T0, T1, T2>;
}

/** a + (x² − a) · rate, elementwise: how optimizers remember squares of gradients, in one pass over memory. */
export function movingSquare<T0 extends Operand, T1 extends Operand, T2 extends Operand>(a: T0, x: T1, rate: T2): Result<T0, T1, T2> {
  return apply("moving_square", [a, x, rate], "{}", "MovingSquare") as Result<T0, T1, T2>;
}

/** x1 · x2, elementwise with numpy's broadcasting; on booleans, logical and. */
export function multiply<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("multiply", [x1, x2], "{}", "Multiply") as Result<T0, T1>;
}

/**
 * x with `nan` for NaN, `posinf` for ∞ and `neginf` for −∞, elementwise; no gradient there.
 *
 * @param options.nan What NaN becomes. Default 0.
 * @param options.posinf What ∞ becomes; null: the largest number of the dtype. Default null.
 * @param options.neginf What −∞ becomes; null: the least number of the dtype. Default null.
 */
export function nanToNum<T0 extends Operand>(x: T0, options: { nan?: number; posinf?: number | null; neginf?: number | null } = {}): Result<T0> {
  const { nan = 0, posinf = null, neginf = null } = options;
  return apply("nan_to_num", [x], `{"nan":${json(nan)},"posinf":${json(posinf)},"neginf":${json(neginf)}}`, "NanToNum") as Result<T0>;
}

/** −x, elementwise; integers wrap. */
export function negative<T0 extends Operand>(x: T0): Result<T0> {
  return apply("negative", [x], "{}", "Negative") as Result<T0>;
}

/** The representable number after x1 in the direction of x2, elementwise with numpy's broadcasting. No gradient. */
export function nextafter<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("nextafter", [x1, x2], "{}", "Nextafter") as Result<T0, T1>;
}

/** true where x1 ≠ x2, elementwise with numpy's broadcasting. */
export function notEqual<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("not_equal", [x1, x2], "{}", "NotEqual") as Result<T0, T1>;
}

/** x1 to the power of x2, elementwise with numpy's broadcasting. Integers wrap; an integer to a negative power is its reciprocal truncated. */
export function power<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("power", [x1, x2], "{}", "Power") as Result<T0, T1>;
}

/** x · 180 / π, elementwise: radians as degrees. */
export function rad2deg<T0 extends Operand>(x: T0): Result<T0> {
  return apply("rad2deg", [x], "{}", "Rad2deg") as Result<T0>;
}

/** 1/x, elementwise. */
export function reciprocal<T0 extends Operand>(x: T0): Result<T0> {
  return apply("reciprocal", [x], "{}", "Reciprocal") as Result<T0>;
}

/** max(x, 0), elementwise; its derivative at 0 is 0. */
export function relu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("relu", [x], "{}", "Relu") as Result<T0>;
}

/** The nearest integer, halves to the even one, elementwise. Integers stay as they are. No gradient. */
export function round<T0 extends Operand>(x: T0): Result<T0> {
  return apply("round", [x], "{}", "Round") as Result<T0>;
}

/** 1/√x, elementwise. */
export function rsqrt<T0 extends Operand>(x: T0): Result<T0> {
  return apply("rsqrt", [x], "{}", "Rsqrt") as Result<T0>;
}

/** The logistic function 1 / (1 + e⁻ˣ), elementwise. */
export function sigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sigmoid", [x], "{}", "Sigmoid") as Result<T0>;
}

/** −1, 0 or 1 after the sign of x, elementwise; NaN stays NaN. No gradient. */
export function sign<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sign", [x], "{}", "Sign") as Result<T0>;
}

/** true where the sign bit of x is set, elementwise: for negative numbers and −0. */
export function signbit<T0 extends Operand>(x: T0): Result<T0> {
  return apply("signbit", [x], "{}", "Signbit") as Result<T0>;
}

/** The sine of x in radians, elementwise. */
export function sin<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sin", [x], "{}", "Sin") as Result<T0>;
}

/** sin(πx) / (πx), elementwise; 1 at 0. */
export function sinc<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sinc", [x], "{}", "Sinc") as Result<T0>;
}

/** The hyperbolic sine, elementwise. */
export function sinh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sinh", [x], "{}", "Sinh") as Result<T0>;
}

/** ln(1 + eˣ), elementwise, without overflow. */
export function softplus<T0 extends Operand>(x: T0): Result<T0> {
  return apply("softplus", [x], "{}", "Softplus") as Result<T0>;
}

/** The square root, elementwise; NaN below 0. */
export function sqrt<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sqrt", [x], "{}", "Sqrt") as Result<T0>;
}

/** x · x, elementwise. */
export function square<T0 extends Operand>(x: T0): Result<T0> {
  return apply("square", [x], "{}", "Square") as Result<T0>;
}

/** x1 − x2, elementwise with numpy's broadcasting. */
export function subtract<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("subtract", [x1, x2], "{}", "Subtract") as Result<T0, T1>;
}

/** The tangent of x in radians, elementwise. */
export function tan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("tan", [x], "{}", "Tan") as Result<T0>;
}

/** The hyperbolic tangent, elementwise. */
export function tanh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("tanh", [x], "{}", "Tanh") as Result<T0>;
}

/** x without its fraction, elementwise: rounded towards 0; integers stay. No gradient. */
export function trunc<T0 extends Operand>(x: T0): Result<T0> {
  return apply("trunc", [x], "{}", "Trunc") as Result<T0>;
}

/** x1 where `condition` is true (anything but 0), elsewhere x2; all three broadcast. */
export function where<T0 extends Operand, T1 extends Operand, T2 extends Operand>(condition: T0, x1: T1, x2: T2): Result<T0, T1, T2> {
  return apply("where", [condition, x1, x2], "{}", "Where") as Result<T0, T1, T2>;
}

/** The bitwise and of integers, or the logical one of booleans, elementwise with numpy's broadcasting. */
export function bitwiseAnd<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("bitwise_and", [x, y], "{}", "BitwiseAnd") as Result<T0, T1>;
}

/** The bits of integers inverted, or the logical not of booleans, elementwise. */
export function bitwiseNot<T0 extends Operand>(x: T0): Result<T0> {
  return apply("bitwise_not", [x], "{}", "BitwiseNot") as Result<T0>;
}

/** The bitwise or of integers, or the logical one of booleans, elementwise with numpy's broadcasting. */
export function bitwiseOr<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("bitwise_or", [x, y], "{}", "BitwiseOr") as Result<T0, T1>;
}

/** The bitwise exclusive or of integers, or the logical one of booleans, elementwise with numpy's broadcasting. */
export function bitwiseXor<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("bitwise_xor", [x, y], "{}", "BitwiseXor") as Result<T0, T1>;
}

/** The greatest common divisor of integers, elementwise with numpy's broadcasting; never negative, and 0 for 0 and 0. */
export function gcd<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("gcd", [x1, x2], "{}", "Gcd") as Result<T0, T1>;
}

/** The least common multiple of integers, elementwise with numpy's broadcasting; never negative, and 0 where one of them is 0. */
export function lcm<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1): Result<T0, T1> {
  return apply("lcm", [x1, x2], "{}", "Lcm") as Result<T0, T1>;
}

/** The bits of x moved y places up, elementwise with numpy's broadcasting: zeros follow. A shift by more bits than there are, or by fewer than none, gives 0. */
export function leftShift<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("left_shift", [x, y], "{}", "LeftShift") as Result<T0, T1>;
}

/** The bits of x moved y places down, elementwise with numpy's broadcasting: the sign follows. A shift by more bits than there are, or by fewer than none, leaves the sign alone. */
export function rightShift<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("right_shift", [x, y], "{}", "RightShift") as Result<T0, T1>;
}

/**
 * x where x > 0, elsewhere `alpha` · (eˣ − 1), elementwise.
 *
 * @param options.alpha The limit towards −∞ is −alpha. Default 1.
 */
export function elu<T0 extends Operand>(x: T0, options: { alpha?: number } = {}): Result<T0> {
  const { alpha = 1 } = options;
  return apply("elu", [x], `{"alpha":${json(alpha)}}`, "Elu") as Result<T0>;
}

/**
 * x · Φ(x) with the normal distribution Φ, elementwise; approximately 0.5x(1 + tanh(√(2/π)(x + 0.044715x³))).
 *
 * @param options.approximate Use the formula with tanh. Default true.
 */
export function gelu<T0 extends Operand>(x: T0, options: { approximate?: boolean } = {}): Result<T0> {
  const { approximate = true } = options;
  return apply("gelu", [x], `{"approximate":${approximate}}`, "Gelu") as Result<T0>;
}

/** relu6(x + 3) / 6, elementwise. */
export function hardSigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("hard_sigmoid", [x], "{}", "HardSigmoid") as Result<T0>;
}

/** x · hard_sigmoid(x), elementwise; also called hard swish. */
export function hardSilu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("hard_silu", [x], "{}", "HardSilu") as Result<T0>;
}

/**
 * x where x ≥ 0, elsewhere `negative_slope` · x, elementwise.
 *
 * @param options.negativeSlope The slope below 0. Default 0.2.
 */
export function leakyRelu<T0 extends Operand>(x: T0, options: { negativeSlope?: number } = {}): Result<T0> {
  const { negativeSlope = 0.2 } = options;
  return apply("leaky_relu", [x], `{"negative_slope":${json(negativeSlope)}}`, "LeakyRelu") as Result<T0>;
}

/** The logarithm of sigmoid(x), −softplus(−x), elementwise. */
export function logSigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log_sigmoid", [x], "{}", "LogSigmoid") as Result<T0>;
}

/** x · tanh(softplus(x)), elementwise. */
export function mish<T0 extends Operand>(x: T0): Result<T0> {
  return apply("mish", [x], "{}", "Mish") as Result<T0>;
}

/** min(max(x, 0), 6), elementwise. */
export function relu6<T0 extends Operand>(x: T0): Result<T0> {
  return apply("relu6", [x], "{}", "Relu6") as Result<T0>;
}

/** 1.0507 · elu(x, 1.6733), elementwise, which keeps mean and variance from layer to layer. Source: Klambauer et al., 2017. */
export function selu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("selu", [x], "{}", "Selu") as Result<T0>;
}

/** x · sigmoid(x), elementwise; also called swish. */
export function silu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("silu", [x], "{}", "Silu") as Result<T0>;
}

/** x / (1 + |x|), elementwise. */
export function softsign<T0 extends Operand>(x: T0): Result<T0> {
  return apply("softsign", [x], "{}", "Softsign") as Result<T0>;
}

/**
 * true where every element over `axis` is true (anything but 0).
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function all<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("all", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "All") as Result<T0>;
}

/**
 * true where some element over `axis` is true (anything but 0).
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function any<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("any", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Any") as Result<T0>;
}

/**
 * The place (int32) of the largest element along `axis`: of equal ones the first; the first NaN if there is one. No gradient.
 *
 * @param options.axis The axis to choose along; null: the place in the flattened tensor. Default null.
 * @param options.keepdims Keep the axis with length 1. Default false.
 */
export function argmax<T0 extends Operand>(x: T0, options: { axis?: number | null; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("argmax", [x], `{"axis":${json(axis)},"keepdims":${keepdims}}`, "Argmax") as Result<T0>;
}

/**
 * The place (int32) of the smallest element along `axis`: of equal ones the first; the first NaN if there is one. No gradient.
 *
 * @param options.axis The axis to choose along; null: the place in the flattened tensor. Default null.
 * @param options.keepdims Keep the axis with length 1. Default false.
 */
export function argmin<T0 extends Operand>(x: T0, options: { axis?: number | null; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("argmin", [x], `{"axis":${json(axis)},"keepdims":${keepdims}}`, "Argmin") as Result<T0>;
}

/**
 * The logarithm of the sum of eˣ over `axis`, without overflow: the largest element is taken out first.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function logsumexp<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("logsumexp", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Logsumexp") as Result<T0>;
}

/**
 * The largest element over `axis`; NaN where there is one. Elements that tie share the gradient evenly.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function max<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("max", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Max") as Result<T0>;
}

/**
 * The average of the elements over `axis`; of no elements it is NaN. Integers are averaged as float32.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function mean<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("mean", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Mean") as Result<T0>;
}

/**
 * The smallest element over `axis`; NaN where there is one. Elements that tie share the gradient evenly.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function min<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("min", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Min") as Result<T0>;
}

/**
 * The product of the elements over `axis`. Booleans and integers below 32 bits are multiplied in 32 bits.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function prod<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("prod", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Prod") as Result<T0>;
}

/**
 * The square root of the variance over `axis`.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function std<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("std", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Std") as Result<T0>;
}

/**
 * The sum of the elements over `axis`, pairwise in blocks. Booleans and integers below 32 bits are summed in 32 bits.
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
export function sum<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("sum", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Sum") as Result<T0>;
}

/**
 * The mean squared distance from the mean over `axis` (divided by n, not n − 1).
 *
 * @param options.axis The axes folded away; negative ones count from the end; null: all. Default null.
 * @param options.keepdims Keep the folded axes with length 1. Default false.
 */
function var_<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("var", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Var") as Result<T0>;
}
export { var_ as var };

/**
 * The matrix product of x1 (…, m, k) and x2 (…, k, n): (…, m, n); leading axes broadcast. A vector is a row on the left, a column on the right, and its axis is gone from the result.
 *
 * @param options.transposeA Take x1 with its last two axes swapped. Default false.
 * @param options.transposeB Take x2 with its last two axes swapped. Default false.
 */
export function matmul<T0 extends Operand, T1 extends Operand>(x1: T0, x2: T1, options: { transposeA?: boolean; transposeB?: boolean } = {}): Result<T0, T1> {
  const { transposeA = false, transposeB = false } = options;
  return apply("matmul", [x1, x2], `{"transpose_a":${transposeA},"transpose_b":${transposeB}}`, "Matmul") as Result<T0, T1>;
}

/** The lower triangular L with L · Lᵀ = x, for symmetric positive definite matrices; of x the mean with its transpose is taken. NaN where it is not positive definite. */
export function cholesky<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cholesky", [x], "{}", "Cholesky") as Result<T0>;
}

/** The cofactors of square matrices, det(x) · x⁻ᵀ where x has an inverse: the gradient of the determinant. */
export function cofactor<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cofactor", [x], "{}", "Cofactor") as Result<T0>;
}

/** The determinants of square matrices. */
export function det<T0 extends Operand>(x: T0): Result<T0> {
  return apply("det", [x], "{}", "Det") as Result<T0>;
}

/** Of n × n matrices a (2n + 2) × n matrix: the real parts of the eigenvalues, below them the real parts of the eigenvectors (as columns), then the imaginary parts of both. It has no derivative. */
export function eigPacked<T0 extends Operand>(x: T0): Result<T0> {
  return apply("eig_packed", [x], "{}", "EigPacked") as Result<T0>;
}

/** Of symmetric n × n matrices (of x the mean with its transpose is taken) an (n + 1) × n matrix: the first row holds the eigenvalues in ascending order, the columns below them the eigenvectors of length 1. */
export function eighPacked<T0 extends Operand>(x: T0): Result<T0> {
  return apply("eigh_packed", [x], "{}", "EighPacked") as Result<T0>;
}

/** The inverses of square matrices; infinities and NaN where there is none. */
export function inv<T0 extends Operand>(x: T0): Result<T0> {
  return apply("inv", [x], "{}", "Inv") as Result<T0>;
}

/** The factors of P · x = L · U in one matrix: U on and above the diagonal, L, whose diagonal is 1, below it. P changes rows as `lu_pivots` says. */
export function luFactors<T0 extends Operand>(x: T0): Result<T0> {
  return apply("lu_factors", [x], "{}", "LuFactors") as Result<T0>;
}

/** The order in which `lu_factors` takes the rows of x: row i of P · x is row permutation[i] of x (int32). */
export function luPermutation<T0 extends Operand>(x: T0): Result<T0> {
  return apply("lu_permutation", [x], "{}", "LuPermutation") as Result<T0>;
}

/** The exchanges of rows that `lu_factors` makes: row i with row pivots[i], one after the other (int32). */
export function luPivots<T0 extends Operand>(x: T0): Result<T0> {
  return apply("lu_pivots", [x], "{}", "LuPivots") as Result<T0>;
}

/**
 * The n × m pseudo-inverse of m × n matrices, without singular values up to `rcond` times the largest.
 *
 * @param options.rcond The least share of the largest singular value that counts.
 */
export function pinv<T0 extends Operand>(x: T0, options: { rcond: number }): Result<T0> {
  const { rcond } = options;
  return apply("pinv", [x], `{"rcond":${json(rcond)}}`, "Pinv") as Result<T0>;
}

/**
 * Of m × n matrices the orthonormal Q (m × k) beside the transpose of the upper triangular R (k × n), as the rows of one (m + n) × k matrix; k is the lesser of m and n, or m when complete.
 *
 * @param options.complete Whether Q is a basis of the whole space. Default false.
 */
export function qrPacked<T0 extends Operand>(x: T0, options: { complete?: boolean } = {}): Result<T0> {
  const { complete = false } = options;
  return apply("qr_packed", [x], `{"complete":${complete}}`, "QrPacked") as Result<T0>;
}

/** The signs of the determinants of square matrices and the logarithms of their absolute values, on a last axis of length 2. */
export function signLogDet<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sign_log_det", [x], "{}", "SignLogDet") as Result<T0>;
}

/** X with a · X = b, for square matrices a (…, n, n) and b (…, n, k) of the same leading axes. */
export function solve<T0 extends Operand, T1 extends Operand>(a: T0, b: T1): Result<T0, T1> {
  return apply("solve", [a, b], "{}", "Solve") as Result<T0, T1>;
}

/**
 * X with a · X = b, for triangular matrices a (…, n, n), of which the other triangle is not read, and b (…, n, k) of the same leading axes.
 *
 * @param options.lower Whether a is lower triangular. Default false.
 */
export function solveTriangular<T0 extends Operand, T1 extends Operand>(a: T0, b: T1, options: { lower?: boolean } = {}): Result<T0, T1> {
  const { lower = false } = options;
  return apply("solve_triangular", [a, b], `{"lower":${lower}}`, "SolveTriangular") as Result<T0, T1>;
}

/**
 * Of m × n matrices the singular value decomposition U · diag(s) · Vᵀ, as the rows of one (1 + m + n) × k matrix: s in descending order, U (m × k), V (n × k); k is the lesser of m and n. Full: k is the larger, and what U, s or V have not is 0.
 *
 * @param options.full Whether U and V are bases of the whole spaces. Default false.
 */
export function svdPacked<T0 extends Operand>(x: T0, options: { full?: boolean } = {}): Result<T0> {
  const { full = false } = options;
  return apply("svd_packed", [x], `{"full":${full}}`, "SvdPacked") as Result<T0>;
}

/**
 * The convolution (cross-correlation) of x (batch, …, channels) with a kernel (…, channels / groups, filters), in one to three spatial dimensions: each window of x times the kernel. With `same` padding each axis has ⌈n / stride⌉ windows and the odd zero stands behind.
 *
 * @param options.strides Steps between windows along each axis.
 * @param options.padding `valid`, `same`, or the zeros before and after each axis; negative: elements left out.
 * @param options.dilation Steps between elements of a window along each axis.
 * @param options.groups Parts of the channels that only meet each other. Default 1.
 */
export function conv<T0 extends Operand, T1 extends Operand>(x: T0, kernel: T1, options: { strides: readonly number[]; padding: string | readonly (readonly [number, number])[]; dilation: readonly number[]; groups?: number }): Result<T0, T1> {
  const { strides, padding, dilation, groups = 1 } = options;
  return apply("conv", [x, kernel], `{"strides":${json(strides)},"padding":${json(padding)},"dilation":${json(dilation)},"groups":${json(groups)}}`, "Conv") as Result<T0, T1>;
}

/**
 * The gradient of the kernel (…, channels / groups, filters) of a convolution with these attributes, from its input x (batch, …, channels) and the gradient g (batch, …, filters) of its output.
 *
 * @param options.kernelSize The spatial shape of the kernel.
 * @param options.strides Steps between windows along each axis.
 * @param options.padding Zeros of the convolution's input before and after each axis; negative: elements left out.
 * @param options.dilation Steps between elements of a window along each axis.
 * @param options.groups Parts of the channels that only meet each other. Default 1.
 */
export function convKernelGradient<T0 extends Operand, T1 extends Operand>(x: T0, g: T1, options: { kernelSize: readonly number[]; strides: readonly number[]; padding: readonly (readonly [number, number])[]; dilation: readonly number[]; groups?: number }): Result<T0, T1> {
  const { kernelSize, strides, padding, dilation, groups = 1 } = options;
  return apply("conv_kernel_gradient", [x, g], `{"kernel_size":${json(kernelSize)},"strides":${json(strides)},"padding":${json(padding)},"dilation":${json(dilation)},"groups":${json(groups)}}`, "ConvKernelGradient") as Result<T0, T1>;
}

/**
 * The transposed convolution of x (batch, …, filters) with a kernel (…, channels / groups, filters): each element of x times the kernel, added up where the windows of a convolution with these attributes lie. The gradient of that convolution's input. Each axis has (n - 1) · stride + reach of the kernel - pads elements.
 *
 * @param options.strides Steps between windows along each axis.
 * @param options.padding Zeros of the convolution's input before and after each axis; negative: elements left out.
 * @param options.dilation Steps between elements of a window along each axis.
 * @param options.groups Parts of the channels that only meet each other. Default 1.
 */
export function convTranspose<T0 extends Operand, T1 extends Operand>(x: T0, kernel: T1, options: { strides: readonly number[]; padding: readonly (readonly [number, number])[]; dilation: readonly number[]; groups?: number }): Result<T0, T1> {
  const { strides, padding, dilation, groups = 1 } = options;
  return apply("conv_transpose", [x, kernel], `{"strides":${json(strides)},"padding":${json(padding)},"dilation":${json(dilation)},"groups":${json(groups)}}`, "ConvTranspose") as Result<T0, T1>;
}

/**
 * The average of each window of x (batch, …, channels), in one to three spatial dimensions. Only elements of x count: a window that reaches over an end has fewer.
 *
 * @param options.poolSize Lengths of the windows; with `adaptive` padding, how many there are.
 * @param options.strides Steps between windows; with `adaptive` padding unused.
 * @param options.padding `valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.
 */
export function averagePool<T0 extends Operand>(x: T0, options: { poolSize: readonly number[]; strides: readonly number[]; padding: string }): Result<T0> {
  const { poolSize, strides, padding } = options;
  return apply("average_pool", [x], `{"pool_size":${json(poolSize)},"strides":${json(strides)},"padding":${json(padding)}}`, "AveragePool") as Result<T0>;
}

/**
 * The gradient of x under `average_pool`, from that of its output: each element of g shared out over its window.
 *
 * @param options.size The spatial shape of x.
 * @param options.poolSize Lengths of the windows; with `adaptive` padding, how many there are.
 * @param options.strides Steps between windows; with `adaptive` padding unused.
 * @param options.padding `valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.
 */
export function averagePoolGradient<T0 extends Operand>(g: T0, options: { size: readonly number[]; poolSize: readonly number[]; strides: readonly number[]; padding: string }): Result<T0> {
  const { size, poolSize, strides, padding } = options;
  return apply("average_pool_gradient", [g], `{"size":${json(size)},"pool_size":${json(poolSize)},"strides":${json(strides)},"padding":${json(padding)}}`, "AveragePoolGradient") as Result<T0>;
}

/**
 * The largest element of each window of x (batch, …, channels), in one to three spatial dimensions. NaN is larger than all; the gradient goes to the first of equal elements.
 *
 * @param options.poolSize Lengths of the windows; with `adaptive` padding, how many there are.
 * @param options.strides Steps between windows; with `adaptive` padding unused.
 * @param options.padding `valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.
 */
export function maxPool<T0 extends Operand>(x: T0, options: { poolSize: readonly number[]; strides: readonly number[]; padding: string }): Result<T0> {
  const { poolSize, strides, padding } = options;
  return apply("max_pool", [x], `{"pool_size":${json(poolSize)},"strides":${json(strides)},"padding":${json(padding)}}`, "MaxPool") as Result<T0>;
}

/**
 * The gradient of x under `max_pool`, from that of its output: each element of g at the place of its window's first largest element, added up where windows overlap.
 *
 * @param options.poolSize Lengths of the windows; with `adaptive` padding, how many there are.
 * @param options.strides Steps between windows; with `adaptive` padding unused.
 * @param options.padding `valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.
 */
export function maxPoolGradient<T0 extends Operand, T1 extends Operand>(x: T0, g: T1, options: { poolSize: readonly number[]; strides: readonly number[]; padding: string }): Result<T0, T1> {
  const { poolSize, strides, padding } = options;
  return apply("max_pool_gradient", [x, g], `{"pool_size":${json(poolSize)},"strides":${json(strides)},"padding":${json(padding)}}`, "MaxPoolGradient") as Result<T0, T1>;
}

/**
 * For each window of x, the element of u at the place of the window's first largest element: `max_pool` when u is x.
 *
 * @param options.poolSize Lengths of the windows; with `adaptive` padding, how many there are.
 * @param options.strides Steps between windows; with `adaptive` padding unused.
 * @param options.padding `valid`: whole windows only; `same`: ⌈n / stride⌉ windows; `adaptive`: windows that share out the axis evenly.
 */
export function maxPoolPick<T0 extends Operand, T1 extends Operand>(x: T0, u: T1, options: { poolSize: readonly number[]; strides: readonly number[]; padding: string }): Result<T0, T1> {
  const { poolSize, strides, padding } = options;
  return apply("max_pool_pick", [x, u], `{"pool_size":${json(poolSize)},"strides":${json(strides)},"padding":${json(padding)}}`, "MaxPoolPick") as Result<T0, T1>;
}

/**
 * The bytes of x read as another dtype, along the last axis, whose length changes where the sizes of the dtypes differ. No gradient.
 *
 * @param options.dtype The dtype of the result.
 */
export function bitcast<T0 extends Operand>(x: T0, options: { dtype: DType }): Result<T0> {
  const { dtype } = options;
  return apply("bitcast", [x], `{"dtype":${json(dtype)}}`, "Bitcast") as Result<T0>;
}

/**
 * x repeated along its axes of length 1, and along new leading axes, to `shape`. A null dimension keeps x's own.
 *
 * @param options.shape The shape of the result.
 */
export function broadcastTo<T0 extends Operand>(x: T0, options: { shape: Shape }): Result<T0> {
  const { shape } = options;
  return apply("broadcast_to", [x], `{"shape":${json(shape)}}`, "BroadcastTo") as Result<T0>;
}

/**
 * The tensors one after the other along `axis`; their other axes are equal.
 *
 * @param options.axis The axis to join along; a negative one counts from the end. Default -1.
 */
export function concatenate<T0 extends Operand>(xs: readonly T0[], options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("concatenate", [...xs], `{"axis":${json(axis)}}`, "Concatenate") as Result<T0>;
}

/**
 * x with axes of length 1 put in, so that they are axes `axis` of the result.
 *
 * @param options.axis Where the new axes are in the result.
 */
export function expandDims<T0 extends Operand>(x: T0, options: { axis: number | readonly number[] }): Result<T0> {
  const { axis } = options;
  return apply("expand_dims", [x], `{"axis":${axes(axis)}}`, "ExpandDims") as Result<T0>;
}

/**
 * x with the order of its elements reversed along `axis`.
 *
 * @param options.axis The axes to reverse; null: all of them. Default null.
 */
export function flip<T0 extends Operand>(x: T0, options: { axis?: Axis } = {}): Result<T0> {
  const { axis = null } = options;
  return apply("flip", [x], `{"axis":${axes(axis)}}`, "Flip") as Result<T0>;
}

/**
 * x with `pads[i] = [before, after]` elements of `value` added around it along each axis i.
 *
 * @param options.pads How many elements to add before and after, along each axis.
 * @param options.value The value of the elements added. Default 0.
 * @param options.interior How many to add between every two elements along each axis; null: none. Default null.
 */
export function pad<T0 extends Operand>(x: T0, options: { pads: readonly (readonly [number, number])[]; value?: number; interior?: readonly number[] | null }): Result<T0> {
  const { pads, value = 0, interior = null } = options;
  return apply("pad", [x], `{"pads":${json(pads)},"value":${json(value)},"interior":${json(interior)}}`, "Pad") as Result<T0>;
}

/**
 * The elements of x, in row-major order, in another shape. One dimension may be −1 (or null): what is left.
 *
 * @param options.shape The shape of the result.
 */
export function reshape<T0 extends Operand>(x: T0, options: { shape: Shape }): Result<T0> {
  const { shape } = options;
  return apply("reshape", [x], `{"shape":${json(shape)}}`, "Reshape") as Result<T0>;
}

/**
 * Of each axis i, `size[i]` elements from `start[i]` on, taking every `step[i]`-th. The result's shape is `size`.
 *
 * @param options.start Where to start along each axis; negative numbers count from the end.
 * @param options.size How many elements along each axis; null: all that are left.
 * @param options.step The distance between elements taken along each axis, at least 1; null: 1. Default null.
 */
export function slice<T0 extends Operand>(x: T0, options: { start: readonly number[]; size: readonly (number | null)[]; step?: readonly number[] | null }): Result<T0> {
  const { start, size, step = null } = options;
  return apply("slice", [x], `{"start":${json(start)},"size":${json(size)},"step":${json(step)}}`, "Slice") as Result<T0>;
}

/**
 * x without its axes `axis`, which have length 1.
 *
 * @param options.axis The axes to leave out; null: all of length 1. Default null.
 */
export function squeeze<T0 extends Operand>(x: T0, options: { axis?: Axis } = {}): Result<T0> {
  const { axis = null } = options;
  return apply("squeeze", [x], `{"axis":${axes(axis)}}`, "Squeeze") as Result<T0>;
}

/**
 * The tensors, which have one shape, side by side along a new axis `axis` of the result.
 *
 * @param options.axis Where the new axis is in the result. Default 0.
 */
export function stack<T0 extends Operand>(xs: readonly T0[], options: { axis?: number } = {}): Result<T0> {
  const { axis = 0 } = options;
  return apply("stack", [...xs], `{"axis":${json(axis)}}`, "Stack") as Result<T0>;
}

/**
 * x with its axes in another order: axis i of the result is axis `axes[i]` of x.
 *
 * @param options.axes The new order; null reverses the axes. Negative ones count from the end. Default null.
 */
export function transpose<T0 extends Operand>(x: T0, options: { axes?: readonly number[] | null } = {}): Result<T0> {
  const { axes = null } = options;
  return apply("transpose", [x], `{"axes":${json(axes)}}`, "Transpose") as Result<T0>;
}

/**
 * The slices of x at `indices` along `axis`; the axis is replaced by the axes of `indices`. Negative indices count from the end; an index outside gives NaN (0 among integers), and no gradient.
 *
 * @param options.axis The axis of x to pick along. Default 0.
 */
export function gather<T0 extends Operand, T1 extends Operand>(x: T0, indices: T1, options: { axis?: number } = {}): Result<T0, T1> {
  const { axis = 0 } = options;
  return apply("gather", [x, indices], `{"axis":${json(axis)}}`, "Take") as Result<T0, T1>;
}

/**
 * A tensor whose elements are their own places along `axis`: 0, 1, 2, …
 *
 * @param options.shape The shape of the result.
 * @param options.axis The axis to count along. Default 0.
 * @param options.dtype The dtype of the result. Default "int32".
 */
export function iota(options: { shape: readonly number[]; axis?: number; dtype?: DType }): Tensor {
  const { shape, axis = 0, dtype = "int32" } = options;
  return apply("iota", [], `{"shape":${json(shape)},"axis":${json(axis)},"dtype":${json(dtype)}}`, "Iota") as Tensor;
}

/**
 * x with a new axis `axis` of length `num_classes`, which is 1 at the place x names and 0 elsewhere; all 0 where x is outside.
 *
 * @param options.numClasses The length of the new axis.
 * @param options.axis Where the new axis is in the result. Default -1.
 * @param options.dtype The dtype of the result. Default "float32".
 */
export function oneHot<T0 extends Operand>(x: T0, options: { numClasses: number; axis?: number; dtype?: DType }): Result<T0> {
  const { numClasses, axis = -1, dtype = "float32" } = options;
  return apply("one_hot", [x], `{"num_classes":${json(numClasses)},"axis":${json(axis)},"dtype":${json(dtype)}}`, "OneHot") as Result<T0>;
}

/**
 * Zeros of `size` rows, to which each row of `updates` is added at its index. `updates` begins with the axes of `indices`. Negative indices count from the end; a row whose index is outside goes nowhere.
 *
 * @param options.size The number of rows of the result.
 */
export function scatterAdd<T0 extends Operand, T1 extends Operand>(indices: T0, updates: T1, options: { size: number }): Result<T0, T1> {
  const { size } = options;
  return apply("scatter_add", [indices, updates], `{"size":${json(size)}}`, "ScatterAdd") as Result<T0, T1>;
}

/**
 * (x − mean) / √(variance + `epsilon`) · gamma + beta of each channel, where `moments` (2, channels) are the means and the variances; gamma and beta are (channels).
 *
 * @param options.axis The axis of the channels. Default -1.
 * @param options.epsilon Added to the variances.
 */
export function batchNorm<T0 extends Operand, T1 extends Operand, T2 extends Operand, T3 extends Operand>(x: T0, moments: T1, gamma: T2, beta: T3, options: { axis?: number; epsilon: number }): Result<T0, T1, T2> {
  const { axis = -1, epsilon } = options;
  return apply("batch_norm", [x, moments, gamma, beta], `{"axis":${json(axis)},"epsilon":${json(epsilon)}}`, "BatchNorm") as Result<T0, T1, T2>;
}

/**
 * The mean and the variance (divided by n) of each channel: (2, channels).
 *
 * @param options.axis The axis of the channels. Default -1.
 */
export function channelMoments<T0 extends Operand>(x: T0, options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("channel_moments", [x], `{"axis":${json(axis)}}`, "ChannelMoments") as Result<T0>;
}

/**
 * Σ g and Σ g · (x − mean) of each channel, (2, channels), where the means are the first row of `moments`: what the derivative of batch_norm is made of.
 *
 * @param options.axis The axis of the channels. Default -1.
 */
export function channelSums<T0 extends Operand, T1 extends Operand, T2 extends Operand>(g: T0, x: T1, moments: T2, options: { axis?: number } = {}): Result<T0, T1, T2> {
  const { axis = -1 } = options;
  return apply("channel_sums", [g, x, moments], `{"axis":${json(axis)}}`, "ChannelSums") as Result<T0, T1, T2>;
}

/**
 * The logarithm of softmax along `axis`, x − ln Σeˣ, without overflow.
 *
 * @param options.axis The axis to normalise along. Default -1.
 */
export function logSoftmax<T0 extends Operand>(x: T0, options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("log_softmax", [x], `{"axis":${json(axis)}}`, "LogSoftmax") as Result<T0>;
}

/**
 * eˣ / Σeˣ along `axis`, without overflow: positive numbers that add up to 1.
 *
 * @param options.axis The axis to normalise along. Default -1.
 */
export function softmax<T0 extends Operand>(x: T0, options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("softmax", [x], `{"axis":${json(axis)}}`, "Softmax") as Result<T0>;
}

/**
 * (x − mean) / √(variance + `epsilon`), with the mean and variance over the last `axes` axes.
 *
 * @param options.axes How many of the last axes the mean and variance are taken over. Default 1.
 * @param options.epsilon Added to the variance.
 * @param options.center Whether the mean is taken away; if not, the variance is the mean square. Default true.
 */
export function standardize<T0 extends Operand>(x: T0, options: { axes?: number; epsilon: number; center?: boolean }): Result<T0> {
  const { axes = 1, epsilon, center = true } = options;
  return apply("standardize", [x], `{"axes":${json(axes)},"epsilon":${json(epsilon)},"center":${center}}`, "Standardize") as Result<T0>;
}

/**
 * The gradient of standardize for x: (g − mean(g) − y · mean(g · y)) / √(variance + `epsilon`), where y is the standardised x.
 *
 * @param options.axes How many of the last axes the mean and variance are taken over. Default 1.
 * @param options.epsilon Added to the variance.
 * @param options.center Whether the mean is taken away; if not, the variance is the mean square. Default true.
 */
export function standardizeGradient<T0 extends Operand, T1 extends Operand>(x: T0, g: T1, options: { axes?: number; epsilon: number; center?: boolean }): Result<T0, T1> {
  const { axes = 1, epsilon, center = true } = options;
  return apply("standardize_gradient", [x, g], `{"axes":${json(axes)},"epsilon":${json(epsilon)},"center":${center}}`, "StandardizeGradient") as Result<T0, T1>;
}

/**
 * softmax(q · kᵀ · `scale` + bias) · v for each head: q (batch, queries, heads, depth), k (batch, keys, heads, depth), v (batch, keys, heads, values) → (batch, queries, heads, values). The bias broadcasts to (batch, heads, queries, keys).
 *
 * @param options.scale What the scores are multiplied with. Default 1.
 */
export function attention<T0 extends Operand, T1 extends Operand, T2 extends Operand, T3 extends Operand>(q: T0, k: T1, v: T2, bias?: T3, options: { scale?: number } = {}): Result<T0, T1, T2> {
  const { scale = 1 } = options;
  return apply("attention", [q, k, v, ...(bias === undefined ? [] : [bias])], `{"scale":${json(scale)}}`, "Attention") as Result<T0, T1, T2>;
}

/**
 * The gradients of q, k and v under attention, from that of its result. The scores are computed again.
 *
 * @param options.scale What the scores are multiplied with. Default 1.
 */
export function attentionGradient<T0 extends Operand, T1 extends Operand, T2 extends Operand, T3 extends Operand, T4 extends Operand>(q: T0, k: T1, v: T2, g: T3, bias?: T4, options: { scale?: number } = {}): Result<T0, T1, T2> {
  const { scale = 1 } = options;
  return apply("attention_gradient", [q, k, v, g, ...(bias === undefined ? [] : [bias])], `{"scale":${json(scale)}}`, "AttentionGradient") as Result<T0, T1, T2>;
}

/** −t · ln σ(x) − (1 − t) · ln(1 − σ(x)) of targets t and logits x, elementwise with broadcasting, computed as max(x, 0) − x·t + ln(1 + e^−|x|). */
export function sigmoidCrossEntropy<T0 extends Operand, T1 extends Operand>(target: T0, logits: T1): Result<T0, T1> {
  return apply("sigmoid_cross_entropy", [target, logits], "{}", "SigmoidCrossEntropy") as Result<T0, T1>;
}

/** For each row of targets t and logits x, both (…, classes), −Σ t · ln softmax(x): (…). */
export function softmaxCrossEntropy<T0 extends Operand, T1 extends Operand>(target: T0, logits: T1): Result<T0, T1> {
  return apply("softmax_cross_entropy", [target, logits], "{}", "SoftmaxCrossEntropy") as Result<T0, T1>;
}

/** The gradient of softmax_cross_entropy for its logits, (softmax(logits) · Σt − t) · g, g being one number for each row. */
export function softmaxCrossEntropyGradient<T0 extends Operand, T1 extends Operand, T2 extends Operand>(target: T0, logits: T1, g: T2): Result<T0, T1, T2> {
  return apply("softmax_cross_entropy_gradient", [target, logits, g], "{}", "SoftmaxCrossEntropyGradient") as Result<T0, T1, T2>;
}

/**
 * For each row of logits (…, classes) and its integer label (…), −ln softmax(logits)[label]: (…). A label that is no class gives NaN.
 *
 * @param options.ignoreClass Rows with this label have loss 0 and no gradient; null: there is none. Default null.
 */
export function sparseSoftmaxCrossEntropy<T0 extends Operand, T1 extends Operand>(labels: T0, logits: T1, options: { ignoreClass?: number | null } = {}): Result<T0, T1> {
  const { ignoreClass = null } = options;
  return apply("sparse_softmax_cross_entropy", [labels, logits], `{"ignore_class":${json(ignoreClass)}}`, "SparseSoftmaxCrossEntropy") as Result<T0, T1>;
}

/**
 * The gradient of sparse_softmax_cross_entropy for its logits, (softmax(logits) − one_hot(labels)) · g, g being one number for each row.
 *
 * @param options.ignoreClass Rows with this label have loss 0 and no gradient; null: there is none. Default null.
 */
export function sparseSoftmaxCrossEntropyGradient<T0 extends Operand, T1 extends Operand, T2 extends Operand>(labels: T0, logits: T1, g: T2, options: { ignoreClass?: number | null } = {}): Result<T0, T1, T2> {
  const { ignoreClass = null } = options;
  return apply("sparse_softmax_cross_entropy_gradient", [labels, logits, g], `{"ignore_class":${json(ignoreClass)}}`, "SparseSoftmaxCrossEntropyGradient") as Result<T0, T1, T2>;
}

/**
 * The places of the elements along `axis` in ascending order (int32); equal elements keep their order, NaN comes last. Descending, NaN comes first.
 *
 * @param options.axis The axis to sort along. Default -1.
 * @param options.descending Whether the largest comes first. Default false.
 */
export function argsort<T0 extends Operand>(x: T0, options: { axis?: number; descending?: boolean } = {}): Result<T0> {
  const { axis = -1, descending = false } = options;
  return apply("argsort", [x], `{"axis":${json(axis)},"descending":${descending}}`, "Argsort") as Result<T0>;
}

/**
 * The products of all elements up to each one along `axis`; reversed, from each one on.
 *
 * @param options.axis The axis to go along. Default -1.
 * @param options.reverse Whether to begin at the end. Default false.
 */
export function cumprod<T0 extends Operand>(x: T0, options: { axis?: number; reverse?: boolean } = {}): Result<T0> {
  const { axis = -1, reverse = false } = options;
  return apply("cumprod", [x], `{"axis":${json(axis)},"reverse":${reverse}}`, "Cumprod") as Result<T0>;
}

/**
 * The sums of all elements up to each one along `axis`; reversed, from each one on.
 *
 * @param options.axis The axis to go along. Default -1.
 * @param options.reverse Whether to begin at the end. Default false.
 */
export function cumsum<T0 extends Operand>(x: T0, options: { axis?: number; reverse?: boolean } = {}): Result<T0> {
  const { axis = -1, reverse = false } = options;
  return apply("cumsum", [x], `{"axis":${json(axis)},"reverse":${reverse}}`, "Cumsum") as Result<T0>;
}

/**
 * Zeros with `size` elements along `axis`, to which each of the updates is added at its index in its row. Negative indices count from the end; an update whose index is outside goes nowhere.
 *
 * @param options.axis The axis to add along. Default -1.
 * @param options.size The length of that axis in the result.
 */
export function putAlongAxis<T0 extends Operand, T1 extends Operand>(indices: T0, updates: T1, options: { axis?: number; size: number }): Result<T0, T1> {
  const { axis = -1, size } = options;
  return apply("put_along_axis", [indices, updates], `{"axis":${json(axis)},"size":${json(size)}}`, "PutAlongAxis") as Result<T0, T1>;
}

/**
 * For each of the values its place in an ascending list, so that it stays in order (int32): before equal elements, or after them when `right`.
 *
 * @param options.right Whether equal elements come before. Default false.
 */
export function searchsorted<T0 extends Operand, T1 extends Operand>(sortedSequence: T0, values: T1, options: { right?: boolean } = {}): Result<T0, T1> {
  const { right = false } = options;
  return apply("searchsorted", [sortedSequence, values], `{"right":${right}}`, "Searchsorted") as Result<T0, T1>;
}

/**
 * For each of `size` places the largest, the smallest or the product of the rows of `updates` that `indices` send there; where none goes −∞, ∞ (the least or largest integer) or 1. A row whose index is outside goes nowhere.
 *
 * @param options.kind What is taken of the rows.
 * @param options.size The number of places.
 */
export function segmentReduce<T0 extends Operand, T1 extends Operand>(indices: T0, updates: T1, options: { kind: "max" | "min" | "prod"; size: number }): Result<T0, T1> {
  const { kind, size } = options;
  return apply("segment_reduce", [indices, updates], `{"kind":${json(kind)},"size":${json(size)}}`, "SegmentReduce") as Result<T0, T1>;
}

/**
 * The elements of x at `indices` along `axis`: both have one shape but for that axis. Negative indices count from the end; an index outside gives NaN (0 among integers), or 0 when `zero`, and no gradient.
 *
 * @param options.axis The axis to pick along. Default -1.
 * @param options.zero Whether an index outside gives 0. Default false.
 */
export function takeAlongAxis<T0 extends Operand, T1 extends Operand>(x: T0, indices: T1, options: { axis?: number; zero?: boolean } = {}): Result<T0, T1> {
  const { axis = -1, zero = false } = options;
  return apply("take_along_axis", [x, indices], `{"axis":${json(axis)},"zero":${zero}}`, "TakeAlongAxis") as Result<T0, T1>;
}

/**
 * The discrete Fourier transform Σ zₖ e^(−2πi jk / n) along the last axis, of real and imaginary parts: both parts of the result on a new first axis. The inverse has the other sign, and is not divided by n.
 *
 * @param options.inverse Whether the sign of the exponent is +. Default false.
 */
export function fftPacked<T0 extends Operand, T1 extends Operand>(real: T0, imag: T1, options: { inverse?: boolean } = {}): Result<T0, T1> {
  const { inverse = false } = options;
  return apply("fft_packed", [real, imag], `{"inverse":${inverse}}`, "FftPacked") as Result<T0, T1>;
}

/**
 * Each element of x becomes 0 with probability `rate` and is multiplied by 1 / (1 − rate) otherwise; which ones is a function of `seed` and their place alone. The probability is a multiple of 2⁻¹⁶.
 *
 * @param options.rate The probability of 0, in [0, 1].
 */
export function dropout<T0 extends Operand, T1 extends Operand>(x: T0, seed: T1, options: { rate: number }): Result<T0, T1> {
  const { rate } = options;
  return apply("dropout", [x, seed], `{"rate":${json(rate)}}`, "Dropout") as Result<T0, T1>;
}

/**
 * True with probability `p` (to a multiple of 2⁻¹⁶), functions of `seed` and their place alone (Philox).
 *
 * @param options.shape The shape of the result.
 * @param options.p The probability of true, in [0, 1].
 */
export function randomBernoulli<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; p: number }): Result<T0> {
  const { shape, p } = options;
  return apply("random_bernoulli", [seed], `{"shape":${json(shape)},"p":${json(p)}}`, "RandomBernoulli") as Result<T0>;
}

/** How many of `counts` trials succeed, each with probability `probabilities`, for each element; functions of `seed` and their place alone; NaN where the parameters make no sense. No gradient. Source: Hörmann, *The generation of binomial random variates*, Journal of Statistical Computation and Simulation 46, 1993 (BTRS; inversion where few succeed). */
export function randomBinomial<T0 extends Operand, T1 extends Operand, T2 extends Operand>(seed: T0, counts: T1, probabilities: T2): Result<T0, T1, T2> {
  return apply("random_binomial", [seed, counts, probabilities], "{}", "RandomBinomial") as Result<T0, T1, T2>;
}

/**
 * A number of the gamma distribution of shape `alpha` and scale 1 for each element of alpha, functions of `seed` and their place alone; NaN where alpha is negative. No gradient. Source: Marsaglia & Tsang, *A simple method for generating gamma variables*, ACM TOMS 26, 2000.
 *
 * @param options.log Whether to give the logarithm, which keeps its digits where alpha is small. Default false.
 * @param options.stream Which of the independent streams of numbers of the seed. Default 0.
 */
export function randomGamma<T0 extends Operand, T1 extends Operand>(seed: T0, alpha: T1, options: { log?: boolean; stream?: number } = {}): Result<T0, T1> {
  const { log = false, stream = 0 } = options;
  return apply("random_gamma", [seed, alpha], `{"log":${log},"stream":${json(stream)}}`, "RandomGamma") as Result<T0, T1>;
}

/**
 * Integers of [`minval`, `maxval`), each as likely, functions of `seed` and their place alone (Philox).
 *
 * @param options.shape The shape of the result.
 * @param options.minval The least value.
 * @param options.maxval The bound that is not reached.
 * @param options.dtype The dtype of the result. Default "int32".
 */
export function randomInt<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; minval: number; maxval: number; dtype?: DType }): Result<T0> {
  const { shape, minval, maxval, dtype = "int32" } = options;
  return apply("random_int", [seed], `{"shape":${json(shape)},"minval":${json(minval)},"maxval":${json(maxval)},"dtype":${json(dtype)}}`, "RandomInt") as Result<T0>;
}

/**
 * Numbers of the normal distribution, functions of `seed` and their place alone (Philox, Box–Muller).
 *
 * @param options.shape The shape of the result.
 * @param options.mean The mean. Default 0.
 * @param options.stddev The standard deviation. Default 1.
 * @param options.dtype The dtype of the result. Default "float32".
 */
export function randomNormal<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; mean?: number; stddev?: number; dtype?: DType }): Result<T0> {
  const { shape, mean = 0, stddev = 1, dtype = "float32" } = options;
  return apply("random_normal", [seed], `{"shape":${json(shape)},"mean":${json(mean)},"stddev":${json(stddev)},"dtype":${json(dtype)}}`, "RandomNormal") as Result<T0>;
}

/**
 * Numbers spread evenly over [`minval`, `maxval`), functions of `seed` and their place alone (Philox).
 *
 * @param options.shape The shape of the result.
 * @param options.minval The least value. Default 0.
 * @param options.maxval The bound that is not reached. Default 1.
 * @param options.dtype The dtype of the result. Default "float32".
 */
export function randomUniform<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; minval?: number; maxval?: number; dtype?: DType }): Result<T0> {
  const { shape, minval = 0, maxval = 1, dtype = "float32" } = options;
  return apply("random_uniform", [seed], `{"shape":${json(shape)},"minval":${json(minval)},"maxval":${json(maxval)},"dtype":${json(dtype)}}`, "RandomUniform") as Result<T0>;
}

/**
 * Numbers of the normal distribution, none further from the mean than two deviations `stddev` (their own deviation is 0.88 · `stddev`), functions of `seed` and their place alone.
 *
 * @param options.shape The shape of the result.
 * @param options.mean The mean. Default 0.
 * @param options.stddev The standard deviation before the tails are cut off. Default 1.
 * @param options.dtype The dtype of the result. Default "float32".
 */
export function truncatedNormal<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; mean?: number; stddev?: number; dtype?: DType }): Result<T0> {
  const { shape, mean = 0, stddev = 1, dtype = "float32" } = options;
  return apply("truncated_normal", [seed], `{"shape":${json(shape)},"mean":${json(mean)},"stddev":${json(stddev)},"dtype":${json(dtype)}}`, "TruncatedNormal") as Result<T0>;
}

/** x itself: another name for the same value. */
export function identity<T0 extends Operand>(x: T0): Result<T0> {
  return apply("identity", [x], "{}", "Identity") as Result<T0>;
}

/** x itself, which the derivative takes for a constant. */
export function stopGradient<T0 extends Operand>(x: T0): Result<T0> {
  return apply("stop_gradient", [x], "{}", "StopGradient") as Result<T0>;
}
