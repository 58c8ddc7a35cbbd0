import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import * as wire from "./generated.js";
import { channelsLast, isChannelsFirst, type PerAxis, perAxis, spatialRank } from "./spatial.js";

/** Options of {@link maxPool} and {@link averagePool}. */
export interface PoolOptions {
  /** Steps between windows. Default: `poolSize`. */
  strides?: PerAxis | null;
  /** `"valid"` (the default): whole windows only; `"same"`: ⌈n / stride⌉ windows, the outer ones with fewer elements. */
  padding?: "valid" | "same";
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: "channels_last" | "channels_first" | null;
}

/** Options of the adaptive poolings. */
export interface AdaptivePoolOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: "channels_last" | "channels_first" | null;
}

type Pool = typeof wire.maxPool<Tensor>;

function pool<X extends Operand>(
  name: "MaxPool" | "AveragePool",
  inputs: X,
  poolSize: PerAxis,
  options: PoolOptions,
): Result<X> {
  const who = name === "MaxPool" ? "maxPool" : "averagePool";
  const { strides = null, padding = "valid", dataFormat = null } = options;
  if (padding !== "valid" && padding !== "same") {
    throw new ValueError(`Argument \`padding\` must be either 'valid' or 'same'. Received: padding=${String(padding)}`);
  }
  const first = isChannelsFirst(who, dataFormat);
  const op = (name === "MaxPool" ? wire.maxPool : wire.averagePool) as Pool;
  const compute = (x: Tensor): Tensor => {
    const rank = spatialRank(who, x);
    const size = perAxis(who, "poolSize", poolSize, rank);
    const steps = perAxis(who, "strides", strides ?? poolSize, rank);
    return channelsLast(x, first, (t) => op(t, { poolSize: size, strides: steps, padding }));
  };
  return unary(name, inputs, compute, () => ({ pool_size: poolSize, strides, padding, data_format: dataFormat }));
}

/**
 * The largest element of each window, in one to three dimensions. The gradient goes to the first of equal elements.
 *
 * Shapes (channels last): `(batch, …, channels)` → `(batch, windows…, channels)`.
 *
 * @param poolSize Length of the windows: one number, or one for each axis.
 * @throws ValueError when no window fits. Source: `keras.ops.max_pool`.
 */
export function maxPool<X extends Operand>(inputs: X, poolSize: PerAxis, options: PoolOptions = {}): Result<X> {
  return pool("MaxPool", inputs, poolSize, options);
}

/**
 * The average of each window, in one to three dimensions. With `same` padding only elements of the inputs count.
 *
 * Shapes and errors: as {@link maxPool}. Source: `keras.ops.average_pool`.
 */
export function averagePool<X extends Operand>(inputs: X, poolSize: PerAxis, options: PoolOptions = {}): Result<X> {
  return pool("AveragePool", inputs, poolSize, options);
}

function adaptive<X extends Operand>(
  name: "AdaptiveMaxPool" | "AdaptiveAveragePool",
  inputs: X,
  outputSize: PerAxis,
  { dataFormat = null }: AdaptivePoolOptions,
): Result<X> {
  const who = name === "AdaptiveMaxPool" ? "adaptiveMaxPool" : "adaptiveAveragePool";
  const first = isChannelsFirst(who, dataFormat);
  const op = (name === "AdaptiveMaxPool" ? wire.maxPool : wire.averagePool) as Pool;
  const compute = (x: Tensor): Tensor => {
    const rank = spatialRank(who, x);
    const poolSize = perAxis(who, "outputSize", outputSize, rank);
    const strides = poolSize.map(() => 1);
    return channelsLast(x, first, (t) => op(t, { poolSize, strides, padding: "adaptive" }));
  };
  return unary(name, inputs, compute, () => ({ output_size: outputSize, data_format: dataFormat }));
}

/**
 * The averages of `outputSize` windows that share out each axis: window i goes from ⌊i · n / size⌋ to ⌈(i + 1) · n / size⌉.
 *
 * Shapes (channels last): `(batch, …, channels)` → `(batch, outputSize…, channels)`. Source: `keras.ops.adaptive_average_pool`.
 */
export function adaptiveAveragePool<X extends Operand>(
  inputs: X,
  outputSize: PerAxis,
  options: AdaptivePoolOptions = {},
): Result<X> {
  return adaptive("AdaptiveAveragePool", inputs, outputSize, options);
}

/** The largest elements of the windows of {@link adaptiveAveragePool}. Source: `keras.ops.adaptive_max_pool`. */
export function adaptiveMaxPool<X extends Operand>(
  inputs: X,
  outputSize: PerAxis,
  options: AdaptivePoolOptions = {},
): Result<X> {
  return adaptive("AdaptiveMaxPool", inputs, outputSize, options);
}
