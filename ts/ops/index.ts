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

export * from "./arrange.js";
export * from "./associative-scan.js";
export * from "./attention.js";
export * from "./averages.js";
export * from "./blocks.js";
export * from "./branches.js";
export * from "./casting.js";
export * from "./complex.js";
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convTranspose,
  depthwiseConv,
  separableConv,
} from "./conv.js";
export { cast, convertToTensor, isTensor, ndim, shape } from "./core.js";
export {
  arange,
  array,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  identity,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from "./creation.js";
export * from "./ctc.js";
export * from "./cumulative.js";
export * from "./custom-gradient.js";
export * from "./diagonals.js";
export * from "./differences.js";
export * from "./einsum.js";
export { fft, fft2, ifft, ifft2, irfft, rfft } from "./fourier.js";
export {
  abs,
  abs as absolute,
  acos as arccos,
  acosh as arccosh,
  adaptiveStep,
  add,
  arctan2,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atanh as arctanh,
  bitwiseAnd,
  bitwiseNot,
  bitwiseNot as bitwiseInvert,
  bitwiseOr,
  bitwiseXor,
  cbrt,
  ceil,
  cos,
  cosh,
  deg2rad,
  divide,
  divide as trueDivide,
  divideNoNan,
  equal,
  erf,
  erfc,
  erfinv,
  exp,
  exp2,
  expm1,
  fabs,
  floor,
  floorDivide,
  fmax,
  fmin,
  fmod,
  gcd,
  greater,
  greaterEqual,
  hardSigmoid,
  hardSilu,
  hardSilu as hardSwish,
  heaviside,
  hypot,
  i0,
  isclose,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  lcm,
  leftShift,
  leftShift as bitwiseLeftShift,
  less,
  lessEqual,
  log,
  log1p,
  log2,
  log10,
  logaddexp,
  logaddexp2,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSigmoid,
  maximum,
  minimum,
  mish,
  mod,
  movingAverage,
  movingSquare,
  multiply,
  nanToNum,
  negative,
  nextafter,
  notEqual,
  power,
  rad2deg,
  reciprocal,
  relu,
  relu6,
  rightShift,
  rightShift as bitwiseRightShift,
  rsqrt,
  selu,
  sigmoid,
  sigmoidCrossEntropy,
  sign,
  signbit,
  silu,
  silu as swish,
  sin,
  sinc,
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
  trunc,
} from "./generated.js";
export { getItem } from "./get-item.js";
export * as image from "./image/index.js";
export { multiHot, oneHot, take } from "./indexing.js";
export * from "./jvp.js";
export * from "./linalg.js";
export * from "./loops.js";
export {
  broadcastTo,
  concatenate,
  expandDims,
  flip,
  moveaxis,
  ravel,
  reshape,
  split,
  squeeze,
  stack,
  swapaxes,
  transpose,
} from "./movement.js";
export * from "./nan.js";
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  logSoftmax,
  normalize,
  psnr,
  softmax,
  sparseCategoricalCrossentropy,
} from "./nn.js";
export * from "./normalization.js";
export { allclose, clip, ldexp, matmul, round, where } from "./numpy.js";
export * from "./padding.js";
export * from "./parts.js";
export { conj as conjugate } from "./parts.js";
export * from "./pooling.js";
export * from "./products.js";
export * from "./quantiles.js";
export * from "./rearrange.js";
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
export * from "./scattering.js";
export * from "./searching.js";
export { hardShrink, softShrink, tanhShrink, threshold } from "./shrink.js";
export * from "./slices.js";
export * from "./sorting.js";
export * from "./spacing.js";
export * from "./spectrogram.js";
export * from "./stacking.js";
export * from "./statistics.js";
export * from "./unique.js";
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
export * from "./vectorize.js";
export * from "./window-functions.js";
export { extractSequences, fold, type UnfoldOptions, unfold } from "./windows.js";

registerMethods({ ...wire, ...reduce, var: reduce.variance, ...movement, ...numpy, cast, getItem });
