import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, composite } from "./composite.js";
import * as wire from "./generated.js";
import { reshape } from "./movement.js";
import { channelsLast, isChannelsFirst, type PerAxis, perAxis, spatialRank } from "./spatial.js";

/** Options of the convolutions. */
export interface ConvOptions {
  /** Steps between windows. Default 1. */
  strides?: PerAxis;
  /** `"valid"` (the default): whole windows only; `"same"`: zeros around, ⌈n / stride⌉ windows. */
  padding?: "valid" | "same";
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: "channels_last" | "channels_first" | null;
  /** Steps between elements of a window. Default 1. */
  dilationRate?: PerAxis;
}

/** Options of {@link convTranspose}. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Elements added at the end of each axis; by default as many as make the size `n · stride` (with `same` padding). */
  outputPadding?: PerAxis | null;
}

/** Zeros before and after each axis. */
type Pads = readonly (readonly [number, number])[];

const configOf = (options: ConvOptions) => () => ({
  strides: options.strides ?? 1,
  padding: options.padding ?? "valid",
  data_format: options.dataFormat ?? null,
  dilation_rate: options.dilationRate ?? 1,
});

function checkPadding(who: string, padding: string): "valid" | "same" {
  if (padding === "valid" || padding === "same") return padding;
  throw new ValueError(`${who}: expected \`padding\` to be "valid" or "same", got ${JSON.stringify(padding)}.`);
}

function checkKernel(who: string, x: Tensor, kernel: Tensor): void {
  if (kernel.ndim === x.ndim) return;
  throw new ValueError(
    `${who}: expected a kernel of the inputs' rank, ` +
      `got a kernel of shape ${formatShape(kernel.shape)} and inputs of shape ${formatShape(x.shape)}.`,
  );
}

/** Channels-last inputs and a kernel (…, channels / groups, filters). */
export function convolve(
  who: string,
  x: Tensor,
  kernel: Tensor,
  options: { strides?: PerAxis; dilationRate?: PerAxis; padding: "valid" | "same" | Pads; groups?: number },
): Tensor {
  const rank = spatialRank(who, x);
  checkKernel(who, x, kernel);
  return wire.conv(x, kernel, {
    strides: perAxis(who, "strides", options.strides ?? 1, rank),
    padding: options.padding,
    dilation: perAxis(who, "dilationRate", options.dilationRate ?? 1, rank),
    groups: options.groups ?? groupsOf(who, x, kernel),
  });
}

/** As in Keras, the channels of the kernel say how many groups there are. */
function groupsOf(who: string, x: Tensor, kernel: Tensor): number {
  const [channels, each] = [x.shape.at(-1) ?? null, kernel.shape.at(-2) ?? null];
  if (channels === null || each === null || channels === each) return 1;
  if (each > 0 && channels % each === 0) return channels / each;
  throw new ValueError(
    `${who}: the number of input channels must be evenly divisible by the kernel's channels. ` +
      `Received input channels ${channels}, kernel channels ${each} ` +
      `(inputs of shape ${formatShape(x.shape)}, kernel of shape ${formatShape(kernel.shape)}).`,
  );
}

/**
 * The convolution of inputs with a kernel, in one to three dimensions (as in all of deep learning, the kernel is not flipped).
 *
 * Shapes (channels last): inputs `(batch, …, channels)`, kernel `(…, channels / groups, filters)` → `(batch, …, filters)`. Where the
 * kernel has fewer channels than the inputs, they meet in groups.
 *
 * @throws ValueError when shapes do not fit, or the output would be empty. Source: `keras.ops.conv`.
 */
export function conv<X extends Operand, K extends Operand>(
  inputs: X,
  kernel: K,
  options: ConvOptions = {},
): Result<X, K> {
  const who = "conv";
  const padding = checkPadding(who, options.padding ?? "valid");
  const first = isChannelsFirst(who, options.dataFormat);
  const compute = (x: Tensor, w: Tensor): Tensor =>
    channelsLast(x, first, (t) => convolve(who, t, w, { ...options, padding }));
  return binary("Conv", inputs, kernel, compute, configOf(options));
}

/**
 * A convolution of each channel with kernels of its own.
 *
 * Shapes (channels last): inputs `(batch, …, channels)`, kernel `(…, channels, multiplier)` → `(batch, …, channels · multiplier)`.
 *
 * @throws ValueError when shapes do not fit, or the output would be empty. Source: `keras.ops.depthwise_conv`.
 */
export function depthwiseConv<X extends Operand, K extends Operand>(
  inputs: X,
  kernel: K,
  options: ConvOptions = {},
): Result<X, K> {
  const who = "depthwiseConv";
  const padding = checkPadding(who, options.padding ?? "valid");
  const first = isChannelsFirst(who, options.dataFormat);
  const compute = (x: Tensor, w: Tensor): Tensor =>
    channelsLast(x, first, (t) => depthwise(who, t, w, { ...options, padding }));
  return binary("DepthwiseConv", inputs, kernel, compute, configOf(options));
}

function depthwise(
  who: string,
  x: Tensor,
  kernel: Tensor,
  options: ConvOptions & { padding: "valid" | "same" },
): Tensor {
  checkKernel(who, x, kernel);
  const [channels, multiplier] = kernel.shape.slice(-2) as [number, number];
  const given = x.shape.at(-1) ?? null;
  if (given !== null && given !== channels) {
    throw new ValueError(
      `${who}: expected a kernel with the inputs' ${given} channels, got shape ${formatShape(kernel.shape)}.`,
    );
  }
  const each = reshape(kernel, [...kernel.shape.slice(0, -2), 1, channels * multiplier]);
  return convolve(who, x, each, { ...options, groups: channels });
}

/**
 * A {@link depthwiseConv} whose channels are then mixed by a kernel of size 1.
 *
 * Shapes (channels last): inputs `(batch, …, channels)`, depthwise kernel `(…, channels, multiplier)`, pointwise kernel
 * `(1, …, channels · multiplier, filters)` → `(batch, …, filters)`.
 *
 * @throws ValueError when shapes do not fit, or the output would be empty. Source: `keras.ops.separable_conv`.
 */
export function separableConv<X extends Operand, D extends Operand, P extends Operand>(
  inputs: X,
  depthwiseKernel: D,
  pointwiseKernel: P,
  options: ConvOptions = {},
): Result<X, D, P> {
  const who = "separableConv";
  const padding = checkPadding(who, options.padding ?? "valid");
  const first = isChannelsFirst(who, options.dataFormat);
  const compute = (...given: unknown[]): Tensor => {
    const [x, d, p] = given.map((t) => toTensor(t as TensorLike, undefined, who)) as [Tensor, Tensor, Tensor];
    return channelsLast(x, first, (t) =>
      convolve(who, depthwise(who, t, d, { ...options, padding }), p, { padding: "valid" }),
    );
  };
  const args = [inputs, depthwiseKernel, pointwiseKernel] as const;
  return composite("SeparableConv", args, compute as never, configOf(options)) as Result<X, D, P>;
}

/**
 * What stands around the output, in the convolution that this is the transpose of. Keras's rules: `valid` reaches over all that the
 * kernel does, and at least the stride; `same` makes `n · stride`, and leaves out as many elements before as behind, one more behind.
 */
function transposePads(
  kernel: number,
  stride: number,
  padding: "valid" | "same",
  extra: number | null,
): [number, number] {
  let [left, right] = [kernel - 1, kernel - 1 + (extra ?? Math.max(kernel, stride) - kernel)];
  if (padding === "same") {
    const around = extra === null ? stride + kernel - 2 : kernel + (kernel % 2) - 2 + extra;
    left = Math.min(Math.ceil(around / 2), kernel - 1);
    right = around - left;
  }
  return [kernel - 1 - left, kernel - 1 - right];
}

/**
 * The transposed convolution: each element of the inputs times the kernel, added up; the gradient of a convolution's inputs.
 *
 * Shapes (channels last): inputs `(batch, …, channels)`, kernel `(…, filters, channels)` → `(batch, …, filters)`.
 *
 * @throws ValueError when shapes do not fit, or `outputPadding` is not less than the strides. Source: `keras.ops.conv_transpose`.
 */
export function convTranspose<X extends Operand, K extends Operand>(
  inputs: X,
  kernel: K,
  options: ConvTransposeOptions = {},
): Result<X, K> {
  const who = "convTranspose";
  const padding = checkPadding(who, options.padding ?? "valid");
  const first = isChannelsFirst(who, options.dataFormat);
  const compute = (x: Tensor, w: Tensor): Tensor => {
    const rank = spatialRank(who, x);
    checkKernel(who, x, w);
    const strides = perAxis(who, "strides", options.strides ?? 1, rank);
    const dilation = perAxis(who, "dilationRate", options.dilationRate ?? 1, rank);
    const extra = options.outputPadding == null ? null : perAxis(who, "outputPadding", options.outputPadding, rank, 0);
    const pads = strides.map((stride, i) => {
      const reach = ((w.shape[i] as number) - 1) * dilation[i]! + 1;
      return transposePads(reach, stride, padding, extra === null ? null : extra[i]!);
    });
    return channelsLast(x, first, (t) => wire.convTranspose(t, w, { strides, padding: pads, dilation }));
  };
  return binary("ConvTranspose", inputs, kernel, compute, () => ({
    ...configOf(options)(),
    output_padding: options.outputPadding ?? null,
  }));
}
