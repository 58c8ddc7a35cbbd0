/** What several architectures are made of. */
import { imageDataFormat } from "../engine/config.js";
import type { KerasTensor } from "../engine/keras-tensor.js";
import * as initializers from "../initializers/index.js";
import * as layers from "../layers/index.js";
import type { Settings } from "./application.js";

/** The axis of the channels in a batch of pictures: 1 or 3. */
export const channelAxis = (): number => (imageDataFormat() === "channels_first" ? 1 : 3);

/** The same, -1 where it is the last: as the architectures say it that came later. */
export const lastChannelAxis = (): number => (imageDataFormat() === "channels_first" ? 1 : -1);

/** The number of channels of a batch of pictures. */
export const channelsOf = (x: KerasTensor): number => x.shape.at(lastChannelAxis())!;

/** The zeros round a picture with which a convolution of stride 2 and no padding sees what TensorFlow's "same" sees. */
export function correctPad(x: KerasTensor, kernelSize: number): [number, number][] {
  const first = imageDataFormat() === "channels_first" ? 2 : 1;
  const sizes = x.shape.slice(first, first + 2);
  const half = Math.floor(kernelSize / 2);
  const missing = sizes.map((size) => (size === null ? 1 : 1 - (size! % 2)));
  return missing.map((less) => [half - less, half]);
}

/** The multiple of `divisor` nearest to a number, and at least `divisor`; `closely`: not less than nine tenths of the number. */
export function roundChannels(value: number, divisor = 8, closely = true): number {
  const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
  return closely && rounded < 0.9 * value ? rounded + divisor : rounded;
}

/** How a network ends. */
export interface HeadOptions {
  /** The name of the pooling before the classes; default: automatic. */
  readonly topPool?: string;
  /** Whether the poolings without a top have the names `avg_pool` and `max_pool`. Default `false`. */
  readonly namedPools?: boolean;
  /** The rate of the dropout before the classes. Default 0: none. */
  readonly dropout?: number;
  /** How the weights of the classes begin. Default: as usual. */
  readonly dense?: Pick<layers.DenseOptions, "kernelInitializer" | "biasInitializer">;
}

/** The mean of the last features and the classes; without a top the pooling that was asked for, if any. */
export function head(x: KerasTensor, settings: Settings, options: HeadOptions = {}): KerasTensor {
  if (!settings.includeTop) return pooled(x, settings, options.namedPools);
  let y = layers.GlobalAveragePooling2D({ name: options.topPool ?? null })(x);
  if ((options.dropout ?? 0) > 0) y = layers.Dropout(options.dropout!, { name: "top_dropout" })(y);
  const { classes, classifierActivation: activation } = settings;
  return layers.Dense(classes, { ...options.dense, activation, name: "predictions" })(y);
}

/** The pooling that was asked for, if any. */
export function pooled(x: KerasTensor, { pooling }: Settings, named = false): KerasTensor {
  if (pooling === null) return x;
  const name = named ? `${pooling}_pool` : null;
  return pooling === "avg" ? layers.GlobalAveragePooling2D({ name })(x) : layers.GlobalMaxPooling2D({ name })(x);
}

/** How the kernels of the EfficientNets' convolutions begin. */
export const convInitializer = (): initializers.VarianceScaling =>
  new initializers.VarianceScaling({ scale: 2, mode: "fan_out", distribution: "truncated_normal" });

/** How the kernels of their classes begin. */
export const classesInitializer = (): initializers.VarianceScaling =>
  new initializers.VarianceScaling({ scale: 1 / 3, mode: "fan_out", distribution: "uniform" });

/** Squeeze and excitation, as in the EfficientNets: scales each channel by what the means of all channels say. */
export function squeezeExcite(x: KerasTensor, squeezed: number, name: string): KerasTensor {
  const filters = channelsOf(x);
  const places = imageDataFormat() === "channels_first" ? [filters, 1, 1] : [1, 1, filters];
  const conv = (units: number, activation: string, end: string): ReturnType<typeof layers.Conv2D> =>
    layers.Conv2D(units, 1, {
      padding: "same",
      activation,
      kernelInitializer: convInitializer(),
      name: `${name}${end}`,
    });
  let scale = layers.GlobalAveragePooling2D({ name: `${name}se_squeeze` })(x);
  scale = layers.Reshape(places, { name: `${name}se_reshape` })(scale);
  scale = conv(squeezed, "swish", "se_reduce")(scale);
  scale = conv(filters, "sigmoid", "se_expand")(scale);
  return layers.multiply([x, scale], { name: `${name}se_excite` });
}
