import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Shape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import * as layers from "../layers/index.js";
import { type ApplicationOptions, application, type Settings } from "./application.js";
import { lastChannelAxis, pooled } from "./blocks.js";
import { pictureAxes } from "./checks.js";

/** Options of {@link MobileNet}. */
export interface MobileNetOptions extends ApplicationOptions {
  /** A factor of the number of filters of each layer. Default 1; trained weights exist for 0.25, 0.5, 0.75 and 1. */
  alpha?: number;
  /** Outputs for each input channel of the depthwise convolutions. Default 1. */
  depthMultiplier?: number;
  /** The rate of the dropout before the classes. Default 0.001. */
  dropout?: number;
}

const sizes = [128, 160, 192, 224];

/** The sizes in which trained weights come: that of the pictures, or the usual one. */
export function trainedSize(shape: Shape | null, known: readonly number[]): number {
  if (shape === null) return 224;
  const { rows, columns } = pictureAxes();
  const size = shape[rows];
  return size === shape[columns] && known.includes(size ?? 0) ? size! : 224;
}

/** The height of the pictures that the name of a model and of its weights tells. */
export function namedSize(shape: Shape, weights: string | null, known: readonly number[]): number | "None" {
  if (weights === "imagenet") return trainedSize(shape, known);
  return shape[pictureAxes().rows] ?? "None";
}

const finish = (x: KerasTensor, name: string): KerasTensor => {
  const y = layers.BatchNormalization({ axis: lastChannelAxis(), name: `${name}_bn` })(x);
  return layers.ReLU({ maxValue: 6, name: `${name}_relu` })(y);
};

/** A convolution of each channel by itself, then one of all channels at each place. */
function separable(x: KerasTensor, filters: number, depthMultiplier: number, stride: number, id: number): KerasTensor {
  let y = x;
  if (stride === 2) {
    const sides: [number, number][] = [
      [0, 1],
      [0, 1],
    ];
    y = layers.ZeroPadding2D(sides, { name: `conv_pad_${id}` })(y);
  }
  y = layers.DepthwiseConv2D([3, 3], {
    padding: stride === 1 ? "same" : "valid",
    depthMultiplier,
    strides: stride,
    useBias: false,
    name: `conv_dw_${id}`,
  })(y);
  y = finish(y, `conv_dw_${id}`);
  y = layers.Conv2D(filters, [1, 1], { padding: "same", useBias: false, strides: 1, name: `conv_pw_${id}` })(y);
  return finish(y, `conv_pw_${id}`);
}

/** Filters and stride of each block. */
const blocks: readonly [filters: number, stride: number][] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** How the files' names say the width. */
const widths: Readonly<Record<number, string>> = { 1: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5" };

/**
 * MobileNet: depthwise separable convolutions, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `mobilenet.preprocessInput` first.
 *
 * Source: `keras.applications.MobileNet`; Howard et al., 2017 (arXiv:1704.04861).
 */
export const MobileNet = application<MobileNetOptions>({
  title: "MobileNet",
  name: (shape, { alpha = 1 }, { weights }) => `mobilenet_${alpha.toFixed(2)}_${namedSize(shape, weights, sizes)}`,
  size: (_, { inputShape }) => trainedSize(inputShape, sizes),
  minSize: 32,
  check({ alpha = 1, depthMultiplier = 1 }, { weights }) {
    if (weights !== "imagenet") return;
    if (depthMultiplier !== 1) {
      throw new ValueError(
        `MobileNet: with weights="imagenet", \`depthMultiplier\` must be 1. Received: depthMultiplier=${depthMultiplier}`,
      );
    }
    if (widths[alpha] === undefined) {
      throw new ValueError(
        `MobileNet: with weights="imagenet", \`alpha\` must be 0.25, 0.5, 0.75 or 1. Received: alpha=${alpha}`,
      );
    }
  },
  build(input, settings: Settings, { alpha = 1, depthMultiplier = 1, dropout = 1e-3 }) {
    const first = { padding: "same", useBias: false, strides: 2, name: "conv1" } as const;
    let x = finish(layers.Conv2D(Math.trunc(32 * alpha), [3, 3], first)(input), "conv1");
    for (const [i, [filters, stride]] of blocks.entries()) {
      x = separable(x, Math.trunc(filters * alpha), depthMultiplier, stride, i + 1);
    }
    if (!settings.includeTop) return pooled(x, settings);
    const { classes, classifierActivation } = settings;
    x = layers.GlobalAveragePooling2D({ keepdims: true })(x);
    x = layers.Dropout(dropout, { name: "dropout" })(x);
    x = layers.Conv2D(classes, [1, 1], { padding: "same", name: "conv_preds" })(x);
    x = layers.Reshape([classes], { name: "reshape_2" })(x);
    return layers.Activation(classifierActivation, { name: "predictions" })(x);
  },
  pretrained({ includeTop, weights }, { alpha = 1 }, shape) {
    const file = `mobilenet_${widths[alpha]}_${namedSize(shape, weights, sizes)}_tf${includeTop ? "" : "_no_top"}.h5`;
    const origin = `https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/${file}`;
    return { file, origin, hash: null };
  },
});
