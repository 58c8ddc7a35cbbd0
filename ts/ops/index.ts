/**
 * The ops: functions of tensors under Keras's names. On a `Tensor` they compute, on a `KerasTensor` they record a node of the layer graph,
 * inside a traced function they become part of its program.
 */
import { registerMethods } from "../engine/arithmetic.js";
import { cast } from "./core.js";
import * as wire from "./generated.js";
import { getItem } from "./get-item.js";
import * as movement from "./movement.js";
import * as numpy from "./numpy.js";
import * as reduce from "./reduce.js";

export * from "./attention.js";
export * from "./blocks.js";
export { cast, convertToTensor, isTensor, ndim, shape } from "./core.js";
export {
  arange,
  array,
  eye,
  full,
  fullLike,
  identity,
  linspace,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from "./creation.js";
export * from "./diagonals.js";
export * from "./einsum.js";
export {
  abs,
  abs as absolute,
  acos as arccos,
  add,
  arctan2,
  asin as arcsin,
  atan as arctan,
  ceil,
  cos,
  cosh,
  divide,
  divide as trueDivide,
  equal,
  erf,
  exp,
  expm1,
  floor,
  floorDivide,
  greater,
  greaterEqual,
  hardSigmoid,
  hardSilu,
  hardSilu as hardSwish,
  isfinite,
  isinf,
  isnan,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSigmoid,
  maximum,
  minimum,
  mish,
  mod,
  multiply,
  negative,
  notEqual,
  power,
  reciprocal,
  relu,
  relu6,
  rsqrt,
  selu,
  sigmoid,
  sigmoidCrossEntropy,
  sign,
  silu,
  silu as swish,
  sin,
  sinh,
  softmaxCrossEntropy,
  softplus,
  softsign,
  sparseSoftmaxCrossEntropy,
  sqrt,
  square,
  stopGradient,
  subtract,
  tan,
  tanh,
} from "./generated.js";
export { getItem } from "./get-item.js";
export * as image from "./image/index.js";
export { oneHot, take } from "./indexing.js";
export {
  broadcastTo,
  concatenate,
  expandDims,
  flip,
  moveaxis,
  pad,
  ravel,
  reshape,
  slice,
  split,
  squeeze,
  stack,
  swapaxes,
  transpose,
} from "./movement.js";
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  logSoftmax,
  normalize,
  softmax,
  sparseCategoricalCrossentropy,
} from "./nn.js";
export * from "./normalization.js";
export { clip, log2, log10, matmul, round, where } from "./numpy.js";
export * from "./products.js";
export {
  all,
  any,
  argmax,
  argmin,
  logsumexp,
  max,
  max as amax,
  mean,
  min,
  min as amin,
  prod,
  type ReduceOptions,
  std,
  sum,
  variance as var,
} from "./reduce.js";
export { hardShrink, softShrink, tanhShrink, threshold } from "./shrink.js";
export {
  celu,
  elu,
  gelu,
  glu,
  hardTanh,
  leakyRelu,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
} from "./units.js";
export { extractSequences, fold, type UnfoldOptions, unfold } from "./windows.js";

registerMethods({ ...wire, ...reduce, var: reduce.variance, ...movement, ...numpy, cast, getItem });
