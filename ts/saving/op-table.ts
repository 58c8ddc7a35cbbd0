import { configFromOptions, optionsFromConfig } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import * as ops from "../ops/index.js";
import { type Config, SliceReference } from "./serialization.js";

/** How an op of a graph is made again: of the arguments of its call, those by name last, and the other options of its config. */
export type OpFunction = (args: readonly unknown[], config: Config) => unknown;

type AnyOp = (...args: never[]) => unknown;

/** The arguments of a call, and those by name together with the options. */
function split(args: readonly unknown[], config: Config): { given: unknown[]; named: Record<string, unknown> } {
  const last = args.at(-1);
  const kwargs = isDict(last) ? configFromOptions(last) : {};
  return { given: args.slice(0, args.length - (isDict(last) ? 1 : 0)), named: { ...config, ...kwargs } };
}

/**
 * An op that takes these parameters of Keras's by position; the others are in its options.
 *
 * @param call The parameters that Keras's op is called with; the rest of `places` are in its config. Default: the first ones.
 */
function op(fn: AnyOp, places: string, call: string = places): OpFunction {
  return (args, config) => {
    const { given, named } = split(args, config);
    for (const [i, name] of call.split(" ").entries()) if (i < given.length) named[name] = given[i];
    const by = places.split(" ").map((name) => named[name]);
    for (const name of places.split(" ")) delete named[name];
    const rest = optionsFromConfig(named);
    return (fn as (...args: unknown[]) => unknown)(...by, ...(Object.keys(rest).length > 0 ? [rest] : []));
  };
}

const each = (places: string, fns: Readonly<Record<string, AnyOp>>): Record<string, OpFunction> =>
  Object.fromEntries(Object.entries(fns).map(([name, fn]) => [name, op(fn, places)]));

type OpTable = Readonly<Record<string, Readonly<Record<string, OpFunction>>>>;

let table: OpTable | undefined;

/** Keras's ops, by module and class name, as they stand in the graphs of functional models: made when they are first asked for. */
export function opTable(): OpTable {
  table ??= makeTable();
  return table;
}

const makeTable = (): OpTable => ({
  "keras.src.ops.numpy": {
    ...each("start stop num", { Geomspace: ops.geomspace, Linspace: ops.linspace, Logspace: ops.logspace }),
    Average: op(ops.average, "x axis weights", "x weights"),
    Einsum: (args, config) => ops.einsum(String(config.subscripts), ...(split(args, {}).given as never[])),
    GetItem: ([x, key]) => ops.getItem(x as never, indexOf(key)),
    Meshgrid: (args, config) =>
      ops.meshgrid(...(split(args, {}).given as never[]), { indexing: config.indexing } as never),
    Reshape: ([x], config) => ops.reshape(x as never, (config.newshape ?? config.shape) as never),
    ...each("array k axes", { Rot90: ops.rot90 }),
    ...each("x", {
      Absolute: ops.absolute,
      Angle: ops.angle,
      Arccos: ops.arccos,
      Arccosh: ops.arccosh,
      Arcsin: ops.arcsin,
      Arcsinh: ops.arcsinh,
      Arctan: ops.arctan,
      Arctanh: ops.arctanh,
      Bincount: ops.bincount,
      BitwiseInvert: ops.bitwiseInvert,
      BitwiseNot: ops.bitwiseNot,
      Cbrt: ops.cbrt,
      Ceil: ops.ceil,
      Conj: ops.conj,
      Conjugate: ops.conjugate,
      Copy: ops.copy,
      Corrcoef: ops.corrcoef,
      Cos: ops.cos,
      Cosh: ops.cosh,
      Deg2rad: ops.deg2rad,
      Exp: ops.exp,
      Exp2: ops.exp2,
      Expm1: ops.expm1,
      Fabs: ops.fabs,
      Fliplr: ops.fliplr,
      Flipud: ops.flipud,
      Floor: ops.floor,
      Histogram: ops.histogram,
      I0: ops.i0,
      Imag: ops.imag,
      Isfinite: ops.isfinite,
      Isinf: ops.isinf,
      Isnan: ops.isnan,
      Isneginf: ops.isneginf,
      Isposinf: ops.isposinf,
      Isreal: ops.isreal,
      Log: ops.log,
      Log10: ops.log10,
      Log1p: ops.log1p,
      Log2: ops.log2,
      LogicalNot: ops.logicalNot,
      NanToNum: ops.nanToNum,
      Negative: ops.negative,
      Rad2deg: ops.rad2deg,
      Ravel: ops.ravel,
      Real: ops.real,
      Reciprocal: ops.reciprocal,
      Sign: ops.sign,
      Signbit: ops.signbit,
      Sin: ops.sin,
      Sinc: ops.sinc,
      Sinh: ops.sinh,
      Slogdet: ops.slogdet,
      Sqrt: ops.sqrt,
      Square: ops.square,
      Tan: ops.tan,
      Tanh: ops.tanh,
      Trunc: ops.trunc,
    }),
    ...each("x1 x2", {
      Add: ops.add,
      AllClose: ops.allclose,
      Arctan2: ops.arctan2,
      Cross: ops.cross,
      Divide: ops.divide,
      DivideNoNan: ops.divideNoNan,
      Dot: ops.dot,
      Equal: ops.equal,
      FloorDivide: ops.floorDivide,
      Fmax: ops.fmax,
      Fmin: ops.fmin,
      Fmod: ops.fmod,
      Gcd: ops.gcd,
      Greater: ops.greater,
      GreaterEqual: ops.greaterEqual,
      Heaviside: ops.heaviside,
      Hypot: ops.hypot,
      Inner: ops.inner,
      IsIn: ops.isin,
      Isclose: ops.isclose,
      Kron: ops.kron,
      Lcm: ops.lcm,
      Ldexp: ops.ldexp,
      Less: ops.less,
      LessEqual: ops.lessEqual,
      Logaddexp: ops.logaddexp,
      Logaddexp2: ops.logaddexp2,
      LogicalAnd: ops.logicalAnd,
      LogicalOr: ops.logicalOr,
      LogicalXor: ops.logicalXor,
      Matmul: ops.matmul,
      Maximum: ops.maximum,
      Minimum: ops.minimum,
      Mod: ops.mod,
      Multiply: ops.multiply,
      Nextafter: ops.nextafter,
      NotEqual: ops.notEqual,
      Outer: ops.outer,
      Power: ops.power,
      Subtract: ops.subtract,
      TrueDivide: ops.trueDivide,
      Vdot: ops.vdot,
    }),
    ...each("x axis", {
      All: ops.all,
      Amax: ops.amax,
      Amin: ops.amin,
      Any: ops.any,
      Argmax: ops.argmax,
      Argmin: ops.argmin,
      Argsort: ops.argsort,
      CountNonzero: ops.countNonzero,
      ExpandDims: ops.expandDims,
      Flip: ops.flip,
      Max: ops.max,
      Mean: ops.mean,
      Median: ops.median,
      Min: ops.min,
      Nanargmax: ops.nanargmax,
      Nanargmin: ops.nanargmin,
      Nanmax: ops.nanmax,
      Nanmean: ops.nanmean,
      Nanmedian: ops.nanmedian,
      Nanmin: ops.nanmin,
      Nanprod: ops.nanprod,
      Nanstd: ops.nanstd,
      Nansum: ops.nansum,
      Nanvar: ops.nanvar,
      Prod: ops.prod,
      Ptp: ops.ptp,
      Sort: ops.sort,
      Squeeze: ops.squeeze,
      Stack: ops.stack,
      Std: ops.std,
      Sum: ops.sum,
      Var: ops.var,
    }),
    ...each("x1 x2 axis", { Append: ops.append }),
    ...each("x dtype", { EmptyLike: ops.emptyLike, OnesLike: ops.onesLike, View: ops.view, ZerosLike: ops.zerosLike }),
    ...each("x y", {
      BitwiseAnd: ops.bitwiseAnd,
      BitwiseLeftShift: ops.bitwiseLeftShift,
      BitwiseOr: ops.bitwiseOr,
      BitwiseRightShift: ops.bitwiseRightShift,
      BitwiseXor: ops.bitwiseXor,
      LeftShift: ops.leftShift,
      RightShift: ops.rightShift,
    }),
    ...each("x shape", { BroadcastTo: ops.broadcastTo }),
    ...each("x x_min x_max", { Clip: ops.clip }),
    ...each("xs axis", { Concatenate: ops.concatenate }),
    ...each("x axis dtype", {
      Cumprod: ops.cumprod,
      Cumsum: ops.cumsum,
      Nancumprod: ops.nancumprod,
      Nancumsum: ops.nancumsum,
    }),
    ...each("x k", { Diag: ops.diag, Diagflat: ops.diagflat, Tril: ops.tril, Triu: ops.triu }),
    ...each("x offset axis1 axis2", { Diagonal: ops.diagonal, Trace: ops.trace }),
    ...each("a n axis", { Diff: ops.diff }),
    ...each("x bins", { Digitize: ops.digitize }),
    ...each("xs", { Dstack: ops.dstack, Hstack: ops.hstack, Vstack: ops.vstack }),
    ...each("x fill_value dtype", { FullLike: ops.fullLike }),
    ...each("x indices_or_sections", { Dsplit: ops.dsplit, Hsplit: ops.hsplit, Vsplit: ops.vsplit }),
    ...each("x source destination", { Moveaxis: ops.moveaxis }),
    ...each("x q", {
      Nanpercentile: ops.nanpercentile,
      Nanquantile: ops.nanquantile,
      Percentile: ops.percentile,
      Quantile: ops.quantile,
    }),
    ...each("x pad_width", { Pad: ops.pad }),
    ...each("indices shape", { UnravelIndex: ops.unravelIndex }),
    ...each("x repeats axis", { Repeat: ops.repeat }),
    ...each("x shift axis", { Roll: ops.roll }),
    ...each("x decimals", { Round: ops.round }),
    ...each("sorted_sequence values", { SearchSorted: ops.searchsorted }),
    ...each("x indices_or_sections axis", { ArraySplit: ops.arraySplit, Split: ops.split }),
    ...each("x axis1 axis2", { Swapaxes: ops.swapaxes }),
    ...each("x indices axis", { Take: ops.take, TakeAlongAxis: ops.takeAlongAxis }),
    ...each("x1 x2 axes", { Tensordot: ops.tensordot }),
    ...each("x repeats", { Tile: ops.tile }),
    ...each("condition x1 x2", { Where: ops.where }),
    ...each("x axes", { Transpose: ops.transpose }),
    ...each("y x", { Trapezoid: ops.trapezoid }),
    ...each("x N", { Vander: ops.vander }),
    ...each("x1 x2 mode", { Correlate: ops.correlate }),
    ...each("x kth axis", { Argpartition: ops.argpartition }),
    ...each("condlist choicelist default", { Select: ops.select }),
  },
  "keras.src.ops.nn": {
    BatchNorm: op(ops.batchNormalization, "x mean variance axis offset scale", "x mean variance offset scale"),
    ...each("x", {
      HardSigmoid: ops.hardSigmoid,
      HardSilu: ops.hardSilu,
      HardTanh: ops.hardTanh,
      LogSigmoid: ops.logSigmoid,
      Relu: ops.relu,
      Relu6: ops.relu6,
      Selu: ops.selu,
      Sigmoid: ops.sigmoid,
      Silu: ops.silu,
      Softplus: ops.softplus,
      Softsign: ops.softsign,
      SparsePlus: ops.sparsePlus,
      SparseSigmoid: ops.sparseSigmoid,
      TanhShrink: ops.tanhShrink,
    }),
    ...each("x threshold", { HardShrink: ops.hardShrink, SoftShrink: ops.softShrink }),
    ...each("x b", { Squareplus: ops.squareplus }),
    ...each("x negative_slope", { LeakyRelu: ops.leakyRelu }),
    ...each("x alpha", { Celu: ops.celu, Elu: ops.elu }),
    ...each("x approximate", { Gelu: ops.gelu }),
    ...each("x axis", {
      Glu: ops.glu,
      LogSoftmax: ops.logSoftmax,
      Normalize: ops.normalize,
      Softmax: ops.softmax,
      Sparsemax: ops.sparsemax,
    }),
    ...each("x threshold default_value", { Threshold: ops.threshold }),
    ...each("inputs pool_size", { AveragePool: ops.averagePool, MaxPool: ops.maxPool }),
    ...each("inputs output_size", {
      AdaptiveAveragePool: ops.adaptiveAveragePool,
      AdaptiveMaxPool: ops.adaptiveMaxPool,
    }),
    ...each("inputs kernel", { Conv: ops.conv, ConvTranspose: ops.convTranspose, DepthwiseConv: ops.depthwiseConv }),
    ...each("inputs depthwise_kernel pointwise_kernel", { SeparableConv: ops.separableConv }),
    ...each("x num_classes axis dtype", { OneHot: ops.oneHot }),
    ...each("target output", {
      BinaryCrossentropy: ops.binaryCrossentropy,
      CategoricalCrossentropy: ops.categoricalCrossentropy,
      SparseCategoricalCrossentropy: ops.sparseCategoricalCrossentropy,
    }),
    ...each("inputs num_classes axis dtype", { MultiHot: ops.multiHot }),
    ...each("x axes", { Moments: ops.moments }),
    ...each("target output target_length output_length", { CTCLoss: ops.ctcLoss }),
    ...each("x1 x2 max_val", { PSNR: ops.psnr }),
    DotProductAttention: op(ops.dotProductAttention, "query key value", "query key value bias mask scale"),
    ...each("x kernel_size", { Unfold: ops.unfold }),
    ...each("x output_size kernel_size", { Fold: ops.fold }),
    ...each("x block_size data_format", { DepthToSpace: ops.depthToSpace, SpaceToDepth: ops.spaceToDepth }),
    ...each("x gamma beta", { LayerNorm: ops.layerNormalization }),
    ...each("x scale", { RMSNorm: ops.rmsNormalization }),
  },
  "keras.src.ops.math": {
    ...each("data segment_ids", {
      SegmentMax: ops.segmentMax,
      SegmentMin: ops.segmentMin,
      SegmentProd: ops.segmentProd,
      SegmentSum: ops.segmentSum,
    }),
    ...each("x k", { TopK: ops.topK }),
    ...each("targets predictions k", { InTopK: ops.inTopK }),
    ...each("x axis", { Logsumexp: ops.logsumexp }),
    ...each("x y", { CDist: ops.cdist }),
    ...each("x sequence_length sequence_stride", { ExtractSequences: ops.extractSequences }),
    ...each("x", {
      Erf: ops.erf,
      Erfc: ops.erfc,
      Erfinv: ops.erfinv,
      FFT: ops.fft,
      FFT2: ops.fft2,
      IFFT2: ops.ifft2,
      IRFFT: ops.irfft,
      Logdet: ops.logdet,
      RFFT: ops.rfft,
      Rsqrt: ops.rsqrt,
    }),
    ...each("x sequence_length sequence_stride fft_length", { ISTFT: ops.istft, STFT: ops.stft }),
  },
  "keras.src.ops.linalg": {
    ...each("x", {
      Cholesky: ops.cholesky,
      CholeskyInverse: ops.choleskyInverse,
      Det: ops.det,
      Eig: ops.eig,
      Eigh: ops.eigh,
      Inv: ops.inv,
      LuFactor: ops.luFactor,
      MatrixRank: ops.matrixRank,
      Norm: ops.norm,
      Pinv: ops.pinv,
      Qr: ops.qr,
      SVD: ops.svd,
    }),
    ...each("a b", { Lstsq: ops.lstsq, Solve: ops.solve, SolveTriangular: ops.solveTriangular }),
  },
  "keras.src.ops.image": {
    ...each("images size", { ExtractPatches: ops.image.extractPatches, Resize: ops.image.resize }),
    ...each("images transform", { AffineTransform: ops.image.affineTransform }),
    ...each("inputs coordinates order", { MapCoordinates: ops.image.mapCoordinates }),
    ...each("images", {
      CropImages: ops.image.cropImages,
      ElasticTransform: ops.image.elasticTransform,
      GaussianBlur: ops.image.gaussianBlur,
      HSVToRGB: ops.image.hsvToRgb,
      PadImages: ops.image.padImages,
      RGBToGrayscale: ops.image.rgbToGrayscale,
      RGBToHSV: ops.image.rgbToHsv,
      SobelEdges: ops.image.sobelEdges,
    }),
    ...each("images start_points end_points", { PerspectiveTransform: ops.image.perspectiveTransform }),
    ...each("images output_shape scale translation spatial_dims method", {
      ScaleAndTranslate: ops.image.scaleAndTranslate,
    }),
    ...each("image1 image2 max_val", { SSIM: ops.image.ssim }),
  },
  "keras.src.ops.core": {
    ...each("indices values shape", { Scatter: ops.scatter }),
    ...each("inputs indices updates", { ScatterUpdate: ops.scatterUpdate }),
    ...each("inputs start_indices shape", { Slice: ops.slice }),
    ...each("inputs start_indices updates", { SliceUpdate: ops.sliceUpdate }),
    ...each("variable", { StopGradient: ops.stopGradient }),
    ...each("x num axis", { Unstack: ops.unstack }),
    ...each("x dtype", { Cast: ops.cast, ConvertToTensor: ops.convertToTensor, SaturateCast: ops.saturateCast }),
  },
  // What Keras does not have as one op.
  "kerosene.ops": {
    ...each("x1 x2", {
      Mish: ops.mish,
      SigmoidCrossEntropy: ops.sigmoidCrossEntropy,
      SoftmaxCrossEntropy: ops.softmaxCrossEntropy,
      SparseSoftmaxCrossEntropy: ops.sparseSoftmaxCrossEntropy,
    }),
    ...each("a x rate", { MovingAverage: ops.movingAverage, MovingSquare: ops.movingSquare }),
    ...each("w m v rate epsilon", { AdaptiveStep: ops.adaptiveStep }),
  },
  "keras.src.ops.einops": {
    Rearrange: ([x, pattern, lengths]) => ops.rearrange(x as never, String(pattern), lengths as never),
  },
});

/** `x.at(...)` in Python's slices and this library's strings. */
function indexOf(key: unknown): never {
  const parts = Array.isArray(key) ? key : [key];
  return parts.map((part) => (part instanceof SliceReference ? part.toString() : part)) as never;
}
