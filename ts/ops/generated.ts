// Generated from the registry of the Rust core by scripts/generate-ops.mjs. Do not edit: change the op's own file there.
import { apply } from "../engine/dispatch.js";
import type { DType } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import type { Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { axes, json } from "./attrs.js";

/** negative */
export function negative<T0 extends Operand>(x: T0): Result<T0> {
  return apply("negative", [x], "{}", "Negative") as Result<T0>;
}

/** abs */
export function abs<T0 extends Operand>(x: T0): Result<T0> {
  return apply("abs", [x], "{}", "Absolute") as Result<T0>;
}

/** sign */
export function sign<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sign", [x], "{}", "Sign") as Result<T0>;
}

/** square */
export function square<T0 extends Operand>(x: T0): Result<T0> {
  return apply("square", [x], "{}", "Square") as Result<T0>;
}

/** sqrt */
export function sqrt<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sqrt", [x], "{}", "Sqrt") as Result<T0>;
}

/** rsqrt */
export function rsqrt<T0 extends Operand>(x: T0): Result<T0> {
  return apply("rsqrt", [x], "{}", "Rsqrt") as Result<T0>;
}

/** reciprocal */
export function reciprocal<T0 extends Operand>(x: T0): Result<T0> {
  return apply("reciprocal", [x], "{}", "Reciprocal") as Result<T0>;
}

/** exp */
export function exp<T0 extends Operand>(x: T0): Result<T0> {
  return apply("exp", [x], "{}", "Exp") as Result<T0>;
}

/** expm1 */
export function expm1<T0 extends Operand>(x: T0): Result<T0> {
  return apply("expm1", [x], "{}", "Expm1") as Result<T0>;
}

/** log */
export function log<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log", [x], "{}", "Log") as Result<T0>;
}

/** log1p */
export function log1p<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log1p", [x], "{}", "Log1p") as Result<T0>;
}

/** sin */
export function sin<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sin", [x], "{}", "Sin") as Result<T0>;
}

/** cos */
export function cos<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cos", [x], "{}", "Cos") as Result<T0>;
}

/** tan */
export function tan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("tan", [x], "{}", "Tan") as Result<T0>;
}

/** asin */
export function asin<T0 extends Operand>(x: T0): Result<T0> {
  return apply("asin", [x], "{}", "Arcsin") as Result<T0>;
}

/** acos */
export function acos<T0 extends Operand>(x: T0): Result<T0> {
  return apply("acos", [x], "{}", "Arccos") as Result<T0>;
}

/** atan */
export function atan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("atan", [x], "{}", "Arctan") as Result<T0>;
}

/** sinh */
export function sinh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sinh", [x], "{}", "Sinh") as Result<T0>;
}

/** cosh */
export function cosh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("cosh", [x], "{}", "Cosh") as Result<T0>;
}

/** tanh */
export function tanh<T0 extends Operand>(x: T0): Result<T0> {
  return apply("tanh", [x], "{}", "Tanh") as Result<T0>;
}

/** sigmoid */
export function sigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("sigmoid", [x], "{}", "Sigmoid") as Result<T0>;
}

/** softplus */
export function softplus<T0 extends Operand>(x: T0): Result<T0> {
  return apply("softplus", [x], "{}", "Softplus") as Result<T0>;
}

/** relu */
export function relu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("relu", [x], "{}", "Relu") as Result<T0>;
}

/** erf */
export function erf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("erf", [x], "{}", "Erf") as Result<T0>;
}

/** floor */
export function floor<T0 extends Operand>(x: T0): Result<T0> {
  return apply("floor", [x], "{}", "Floor") as Result<T0>;
}

/** ceil */
export function ceil<T0 extends Operand>(x: T0): Result<T0> {
  return apply("ceil", [x], "{}", "Ceil") as Result<T0>;
}

/** round */
export function round<T0 extends Operand>(x: T0): Result<T0> {
  return apply("round", [x], "{}", "Round") as Result<T0>;
}

/** isnan */
export function isnan<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isnan", [x], "{}", "Isnan") as Result<T0>;
}

/** isinf */
export function isinf<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isinf", [x], "{}", "Isinf") as Result<T0>;
}

/** isfinite */
export function isfinite<T0 extends Operand>(x: T0): Result<T0> {
  return apply("isfinite", [x], "{}", "Isfinite") as Result<T0>;
}

/** logical_not */
export function logicalNot<T0 extends Operand>(x: T0): Result<T0> {
  return apply("logical_not", [x], "{}", "LogicalNot") as Result<T0>;
}

/** relu6 */
export function relu6<T0 extends Operand>(x: T0): Result<T0> {
  return apply("relu6", [x], "{}", "Relu6") as Result<T0>;
}

/** selu */
export function selu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("selu", [x], "{}", "Selu") as Result<T0>;
}

/** silu */
export function silu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("silu", [x], "{}", "Silu") as Result<T0>;
}

/** softsign */
export function softsign<T0 extends Operand>(x: T0): Result<T0> {
  return apply("softsign", [x], "{}", "Softsign") as Result<T0>;
}

/** hard_sigmoid */
export function hardSigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("hard_sigmoid", [x], "{}", "HardSigmoid") as Result<T0>;
}

/** hard_silu */
export function hardSilu<T0 extends Operand>(x: T0): Result<T0> {
  return apply("hard_silu", [x], "{}", "HardSilu") as Result<T0>;
}

/** mish */
export function mish<T0 extends Operand>(x: T0): Result<T0> {
  return apply("mish", [x], "{}", "Mish") as Result<T0>;
}

/** log_sigmoid */
export function logSigmoid<T0 extends Operand>(x: T0): Result<T0> {
  return apply("log_sigmoid", [x], "{}", "LogSigmoid") as Result<T0>;
}

/** stop_gradient */
export function stopGradient<T0 extends Operand>(x: T0): Result<T0> {
  return apply("stop_gradient", [x], "{}", "StopGradient") as Result<T0>;
}

/**
 * leaky_relu
 *
 * @param options.negativeSlope negative_slope Default 0.2.
 */
export function leakyRelu<T0 extends Operand>(x: T0, options: { negativeSlope?: number } = {}): Result<T0> {
  const { negativeSlope = 0.2 } = options;
  return apply("leaky_relu", [x], `{"negative_slope":${json(negativeSlope)}}`, "LeakyRelu") as Result<T0>;
}

/**
 * elu
 *
 * @param options.alpha alpha Default 1.
 */
export function elu<T0 extends Operand>(x: T0, options: { alpha?: number } = {}): Result<T0> {
  const { alpha = 1 } = options;
  return apply("elu", [x], `{"alpha":${json(alpha)}}`, "Elu") as Result<T0>;
}

/**
 * gelu
 *
 * @param options.approximate approximate Default true.
 */
export function gelu<T0 extends Operand>(x: T0, options: { approximate?: boolean } = {}): Result<T0> {
  const { approximate = true } = options;
  return apply("gelu", [x], `{"approximate":${approximate}}`, "Gelu") as Result<T0>;
}

/** add */
export function add<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("add", [x, y], "{}", "Add") as Result<T0, T1>;
}

/** subtract */
export function subtract<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("subtract", [x, y], "{}", "Subtract") as Result<T0, T1>;
}

/** multiply */
export function multiply<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("multiply", [x, y], "{}", "Multiply") as Result<T0, T1>;
}

/** divide */
export function divide<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("divide", [x, y], "{}", "Divide") as Result<T0, T1>;
}

/** floor_divide */
export function floorDivide<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("floor_divide", [x, y], "{}", "FloorDivide") as Result<T0, T1>;
}

/** mod */
export function mod<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("mod", [x, y], "{}", "Mod") as Result<T0, T1>;
}

/** power */
export function power<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("power", [x, y], "{}", "Power") as Result<T0, T1>;
}

/** maximum */
export function maximum<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("maximum", [x, y], "{}", "Maximum") as Result<T0, T1>;
}

/** minimum */
export function minimum<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("minimum", [x, y], "{}", "Minimum") as Result<T0, T1>;
}

/** arctan2 */
export function arctan2<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("arctan2", [x, y], "{}", "Arctan2") as Result<T0, T1>;
}

/** equal */
export function equal<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("equal", [x, y], "{}", "Equal") as Result<T0, T1>;
}

/** not_equal */
export function notEqual<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("not_equal", [x, y], "{}", "NotEqual") as Result<T0, T1>;
}

/** less */
export function less<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("less", [x, y], "{}", "Less") as Result<T0, T1>;
}

/** less_equal */
export function lessEqual<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("less_equal", [x, y], "{}", "LessEqual") as Result<T0, T1>;
}

/** greater */
export function greater<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("greater", [x, y], "{}", "Greater") as Result<T0, T1>;
}

/** greater_equal */
export function greaterEqual<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("greater_equal", [x, y], "{}", "GreaterEqual") as Result<T0, T1>;
}

/** logical_and */
export function logicalAnd<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("logical_and", [x, y], "{}", "LogicalAnd") as Result<T0, T1>;
}

/** logical_or */
export function logicalOr<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("logical_or", [x, y], "{}", "LogicalOr") as Result<T0, T1>;
}

/** logical_xor */
export function logicalXor<T0 extends Operand, T1 extends Operand>(x: T0, y: T1): Result<T0, T1> {
  return apply("logical_xor", [x, y], "{}", "LogicalXor") as Result<T0, T1>;
}

/** where */
export function where<T0 extends Operand, T1 extends Operand, T2 extends Operand>(condition: T0, x: T1, y: T2): Result<T0, T1, T2> {
  return apply("where", [condition, x, y], "{}", "Where") as Result<T0, T1, T2>;
}

/**
 * clip
 *
 * @param options.min min
 * @param options.max max
 */
export function clip<T0 extends Operand>(x: T0, options: { min: number; max: number }): Result<T0> {
  const { min, max } = options;
  return apply("clip", [x], `{"min":${json(min)},"max":${json(max)}}`, "Clip") as Result<T0>;
}

/**
 * cast
 *
 * @param options.dtype dtype
 */
export function cast<T0 extends Operand>(x: T0, options: { dtype: DType }): Result<T0> {
  const { dtype } = options;
  return apply("cast", [x], `{"dtype":${json(dtype)}}`, "Cast") as Result<T0>;
}

/**
 * sum
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function sum<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("sum", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Sum") as Result<T0>;
}

/**
 * mean
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function mean<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("mean", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Mean") as Result<T0>;
}

/**
 * max
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function max<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("max", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Max") as Result<T0>;
}

/**
 * min
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function min<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("min", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Min") as Result<T0>;
}

/**
 * prod
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function prod<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("prod", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Prod") as Result<T0>;
}

/**
 * any
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function any<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("any", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Any") as Result<T0>;
}

/**
 * all
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function all<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("all", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "All") as Result<T0>;
}

/**
 * var
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
function var_<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("var", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Var") as Result<T0>;
}
export { var_ as var };

/**
 * std
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function std<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("std", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Std") as Result<T0>;
}

/**
 * logsumexp
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function logsumexp<T0 extends Operand>(x: T0, options: { axis?: Axis; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("logsumexp", [x], `{"axis":${axes(axis)},"keepdims":${keepdims}}`, "Logsumexp") as Result<T0>;
}

/**
 * argmax
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function argmax<T0 extends Operand>(x: T0, options: { axis?: number | null; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("argmax", [x], `{"axis":${json(axis)},"keepdims":${keepdims}}`, "Argmax") as Result<T0>;
}

/**
 * argmin
 *
 * @param options.axis axis Default null.
 * @param options.keepdims keepdims Default false.
 */
export function argmin<T0 extends Operand>(x: T0, options: { axis?: number | null; keepdims?: boolean } = {}): Result<T0> {
  const { axis = null, keepdims = false } = options;
  return apply("argmin", [x], `{"axis":${json(axis)},"keepdims":${keepdims}}`, "Argmin") as Result<T0>;
}

/**
 * matmul
 *
 * @param options.transposeA transpose_a Default false.
 * @param options.transposeB transpose_b Default false.
 */
export function matmul<T0 extends Operand, T1 extends Operand>(x: T0, y: T1, options: { transposeA?: boolean; transposeB?: boolean } = {}): Result<T0, T1> {
  const { transposeA = false, transposeB = false } = options;
  return apply("matmul", [x, y], `{"transpose_a":${transposeA},"transpose_b":${transposeB}}`, "Matmul") as Result<T0, T1>;
}

/**
 * reshape
 *
 * @param options.shape shape
 */
export function reshape<T0 extends Operand>(x: T0, options: { shape: Shape }): Result<T0> {
  const { shape } = options;
  return apply("reshape", [x], `{"shape":${json(shape)}}`, "Reshape") as Result<T0>;
}

/**
 * transpose
 *
 * @param options.axes axes Default null.
 */
export function transpose<T0 extends Operand>(x: T0, options: { axes?: readonly number[] | null } = {}): Result<T0> {
  const { axes = null } = options;
  return apply("transpose", [x], `{"axes":${json(axes)}}`, "Transpose") as Result<T0>;
}

/**
 * broadcast_to
 *
 * @param options.shape shape
 */
export function broadcastTo<T0 extends Operand>(x: T0, options: { shape: Shape }): Result<T0> {
  const { shape } = options;
  return apply("broadcast_to", [x], `{"shape":${json(shape)}}`, "BroadcastTo") as Result<T0>;
}

/**
 * concatenate
 *
 * @param options.axis axis Default 0.
 */
export function concatenate<T0 extends Operand>(xs: readonly T0[], options: { axis?: number } = {}): Result<T0> {
  const { axis = 0 } = options;
  return apply("concatenate", [...xs], `{"axis":${json(axis)}}`, "Concatenate") as Result<T0>;
}

/**
 * stack
 *
 * @param options.axis axis Default 0.
 */
export function stack<T0 extends Operand>(xs: readonly T0[], options: { axis?: number } = {}): Result<T0> {
  const { axis = 0 } = options;
  return apply("stack", [...xs], `{"axis":${json(axis)}}`, "Stack") as Result<T0>;
}

/**
 * slice
 *
 * @param options.start start
 * @param options.size size
 * @param options.step step Default null.
 */
export function slice<T0 extends Operand>(x: T0, options: { start: readonly number[]; size: readonly (number | null)[]; step?: readonly number[] | null }): Result<T0> {
  const { start, size, step = null } = options;
  return apply("slice", [x], `{"start":${json(start)},"size":${json(size)},"step":${json(step)}}`, "Slice") as Result<T0>;
}

/**
 * pad
 *
 * @param options.pads pads
 * @param options.value value Default 0.
 */
export function pad<T0 extends Operand>(x: T0, options: { pads: readonly (readonly [number, number])[]; value?: number }): Result<T0> {
  const { pads, value = 0 } = options;
  return apply("pad", [x], `{"pads":${json(pads)},"value":${json(value)}}`, "Pad") as Result<T0>;
}

/**
 * flip
 *
 * @param options.axis axis Default null.
 */
export function flip<T0 extends Operand>(x: T0, options: { axis?: Axis } = {}): Result<T0> {
  const { axis = null } = options;
  return apply("flip", [x], `{"axis":${axes(axis)}}`, "Flip") as Result<T0>;
}

/**
 * expand_dims
 *
 * @param options.axis axis
 */
export function expandDims<T0 extends Operand>(x: T0, options: { axis: number | readonly number[] }): Result<T0> {
  const { axis } = options;
  return apply("expand_dims", [x], `{"axis":${axes(axis)}}`, "ExpandDims") as Result<T0>;
}

/**
 * squeeze
 *
 * @param options.axis axis Default null.
 */
export function squeeze<T0 extends Operand>(x: T0, options: { axis?: Axis } = {}): Result<T0> {
  const { axis = null } = options;
  return apply("squeeze", [x], `{"axis":${axes(axis)}}`, "Squeeze") as Result<T0>;
}

/**
 * gather
 *
 * @param options.axis axis Default 0.
 */
export function gather<T0 extends Operand, T1 extends Operand>(x: T0, indices: T1, options: { axis?: number } = {}): Result<T0, T1> {
  const { axis = 0 } = options;
  return apply("gather", [x, indices], `{"axis":${json(axis)}}`, "Take") as Result<T0, T1>;
}

/**
 * one_hot
 *
 * @param options.numClasses num_classes
 * @param options.axis axis Default -1.
 * @param options.dtype dtype Default "float32".
 */
export function oneHot<T0 extends Operand>(x: T0, options: { numClasses: number; axis?: number; dtype?: DType }): Result<T0> {
  const { numClasses, axis = -1, dtype = "float32" } = options;
  return apply("one_hot", [x], `{"num_classes":${json(numClasses)},"axis":${json(axis)},"dtype":${json(dtype)}}`, "OneHot") as Result<T0>;
}

/**
 * scatter_add
 *
 * @param options.size size
 */
export function scatterAdd<T0 extends Operand, T1 extends Operand>(indices: T0, updates: T1, options: { size: number }): Result<T0, T1> {
  const { size } = options;
  return apply("scatter_add", [indices, updates], `{"size":${json(size)}}`, "ScatterAdd") as Result<T0, T1>;
}

/**
 * iota
 *
 * @param options.shape shape
 * @param options.axis axis Default 0.
 * @param options.dtype dtype Default "int32".
 */
export function iota(options: { shape: readonly number[]; axis?: number; dtype?: DType }): Tensor {
  const { shape, axis = 0, dtype = "int32" } = options;
  return apply("iota", [], `{"shape":${json(shape)},"axis":${json(axis)},"dtype":${json(dtype)}}`, "Iota") as Tensor;
}

/**
 * softmax
 *
 * @param options.axis axis Default -1.
 */
export function softmax<T0 extends Operand>(x: T0, options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("softmax", [x], `{"axis":${json(axis)}}`, "Softmax") as Result<T0>;
}

/**
 * log_softmax
 *
 * @param options.axis axis Default -1.
 */
export function logSoftmax<T0 extends Operand>(x: T0, options: { axis?: number } = {}): Result<T0> {
  const { axis = -1 } = options;
  return apply("log_softmax", [x], `{"axis":${json(axis)}}`, "LogSoftmax") as Result<T0>;
}

/**
 * sparse_softmax_cross_entropy
 *
 * @param options.ignoreClass ignore_class Default null.
 */
export function sparseSoftmaxCrossEntropy<T0 extends Operand, T1 extends Operand>(labels: T0, logits: T1, options: { ignoreClass?: number | null } = {}): Result<T0, T1> {
  const { ignoreClass = null } = options;
  return apply("sparse_softmax_cross_entropy", [labels, logits], `{"ignore_class":${json(ignoreClass)}}`, "SparseSoftmaxCrossEntropy") as Result<T0, T1>;
}

/** softmax_cross_entropy */
export function softmaxCrossEntropy<T0 extends Operand, T1 extends Operand>(target: T0, logits: T1): Result<T0, T1> {
  return apply("softmax_cross_entropy", [target, logits], "{}", "SoftmaxCrossEntropy") as Result<T0, T1>;
}

/** sigmoid_cross_entropy */
export function sigmoidCrossEntropy<T0 extends Operand, T1 extends Operand>(target: T0, logits: T1): Result<T0, T1> {
  return apply("sigmoid_cross_entropy", [target, logits], "{}", "SigmoidCrossEntropy") as Result<T0, T1>;
}

/**
 * random_uniform
 *
 * @param options.shape shape
 * @param options.minval minval Default 0.
 * @param options.maxval maxval Default 1.
 * @param options.dtype dtype Default "float32".
 */
export function randomUniform<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; minval?: number; maxval?: number; dtype?: DType }): Result<T0> {
  const { shape, minval = 0, maxval = 1, dtype = "float32" } = options;
  return apply("random_uniform", [seed], `{"shape":${json(shape)},"minval":${json(minval)},"maxval":${json(maxval)},"dtype":${json(dtype)}}`, "RandomUniform") as Result<T0>;
}

/**
 * random_normal
 *
 * @param options.shape shape
 * @param options.mean mean Default 0.
 * @param options.stddev stddev Default 1.
 * @param options.dtype dtype Default "float32".
 */
export function randomNormal<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; mean?: number; stddev?: number; dtype?: DType }): Result<T0> {
  const { shape, mean = 0, stddev = 1, dtype = "float32" } = options;
  return apply("random_normal", [seed], `{"shape":${json(shape)},"mean":${json(mean)},"stddev":${json(stddev)},"dtype":${json(dtype)}}`, "RandomNormal") as Result<T0>;
}

/**
 * truncated_normal
 *
 * @param options.shape shape
 * @param options.mean mean Default 0.
 * @param options.stddev stddev Default 1.
 * @param options.dtype dtype Default "float32".
 */
export function truncatedNormal<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; mean?: number; stddev?: number; dtype?: DType }): Result<T0> {
  const { shape, mean = 0, stddev = 1, dtype = "float32" } = options;
  return apply("truncated_normal", [seed], `{"shape":${json(shape)},"mean":${json(mean)},"stddev":${json(stddev)},"dtype":${json(dtype)}}`, "TruncatedNormal") as Result<T0>;
}

/**
 * random_int
 *
 * @param options.shape shape
 * @param options.minval minval
 * @param options.maxval maxval
 * @param options.dtype dtype Default "int32".
 */
export function randomInt<T0 extends Operand>(seed: T0, options: { shape: readonly number[]; minval: number; maxval: number; dtype?: DType }): Result<T0> {
  const { shape, minval, maxval, dtype = "int32" } = options;
  return apply("random_int", [seed], `{"shape":${json(shape)},"minval":${json(minval)},"maxval":${json(maxval)},"dtype":${json(dtype)}}`, "RandomInt") as Result<T0>;
}

/**
 * dropout
 *
 * @param options.rate rate
 */
export function dropout<T0 extends Operand, T1 extends Operand>(x: T0, seed: T1, options: { rate: number }): Result<T0, T1> {
  const { rate } = options;
  return apply("dropout", [x, seed], `{"rate":${json(rate)}}`, "Dropout") as Result<T0, T1>;
}
