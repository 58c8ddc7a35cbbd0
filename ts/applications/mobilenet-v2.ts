import type { KerasTensor } from "../engine/keras-tensor.js";
import { ValueError } from "../errors.js";
import * as layers from "../layers/index.js";
import { type ApplicationOptions, application, type Settings } from "./application.js";
import { channelsOf, correctPad, head, lastChannelAxis, roundChannels } from "./blocks.js";
import { checkSameSize } from "./checks.js";
import { namedSize, trainedSize } from "./mobilenet.js";

/** Options of {@link MobileNetV2}. */
export interface MobileNetV2Options extends ApplicationOptions {
  /** A factor of the number of filters of each layer. Default 1; trained weights exist for 0.35, 0.5, 0.75, 1, 1.3 and 1.4. */
  alpha?: number;
}

const sizes = [96, 128, 160, 192, 224];

/** As both later versions normalise. */
export const normalizeSlowly = (x: KerasTensor, name: string): KerasTensor =>
  layers.BatchNormalization({ axis: lastChannelAxis(), epsilon: 1e-3, momentum: 0.999, name })(x);

const relu6 = (x: KerasTensor, name: string): KerasTensor => layers.ReLU({ maxValue: 6, name })(x);

/** A narrow layer widened, convolved channel by channel, and made narrow again, with a way round where the shapes are the same. */
function inverted(
  input: KerasTensor,
  { filters, stride, expansion, id }: { filters: number; stride: number; expansion: number; id: number },
): KerasTensor {
  const channels = channelsOf(input);
  const prefix = id > 0 ? `block_${id}_` : "expanded_conv_";
  let x = input;
  if (id > 0) {
    const expand = { padding: "same", useBias: false, name: `${prefix}expand` } as const;
    x = layers.Conv2D(expansion * channels, 1, expand)(x);
    x = relu6(normalizeSlowly(x, `${prefix}expand_BN`), `${prefix}expand_relu`);
  }
  if (stride === 2) x = layers.ZeroPadding2D(correctPad(x, 3), { name: `${prefix}pad` })(x);
  const padding = stride === 1 ? "same" : "valid";
  x = layers.DepthwiseConv2D(3, { strides: stride, useBias: false, padding, name: `${prefix}depthwise` })(x);
  x = relu6(normalizeSlowly(x, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`);
  x = layers.Conv2D(filters, 1, { padding: "same", useBias: false, name: `${prefix}project` })(x);
  x = normalizeSlowly(x, `${prefix}project_BN`);
  return channels === filters && stride === 1 ? layers.Add({ name: `${prefix}add` })([input, x]) : x;
}

/** Filters, blocks, stride of the first block, and how much wider the blocks are inside. */
const stages: readonly [filters: number, blocks: number, stride: number, expansion: number][] = [
  [16, 1, 1, 1],
  [24, 2, 2, 6],
  [32, 3, 2, 6],
  [64, 4, 2, 6],
  [96, 3, 1, 6],
  [160, 3, 2, 6],
  [320, 1, 1, 6],
];

const alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4];

/** A number as Python prints a float: `1.0`. */
export const pythonFloat = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/**
 * MobileNetV2: inverted residual blocks, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `mobilenetV2.preprocessInput` first.
 *
 * Source: `keras.applications.MobileNetV2`; Sandler et al., 2018 (arXiv:1801.04381).
 */
export const MobileNetV2 = application<MobileNetV2Options>({
  title: "MobileNetV2",
  name: (shape, { alpha = 1 }, { weights }) => `mobilenetv2_${alpha.toFixed(2)}_${namedSize(shape, weights, sizes)}`,
  size: (_, { inputShape, inputTensor }) => trainedSize(inputShape ?? inputTensor?.shape.slice(1) ?? null, sizes),
  minSize: 32,
  check({ alpha = 1 }, settings: Settings) {
    checkSameSize("MobileNetV2", settings);
    if (settings.weights === "imagenet" && !alphas.includes(alpha)) {
      throw new ValueError(
        `MobileNetV2: with weights="imagenet", \`alpha\` must be one of ${alphas.join(", ")}. Received: alpha=${alpha}`,
      );
    }
  },
  build(input, settings: Settings, { alpha = 1 }) {
    const first = { strides: 2, padding: "same", useBias: false, name: "Conv1" } as const;
    let x = layers.Conv2D(roundChannels(32 * alpha), 3, first)(input);
    x = relu6(normalizeSlowly(x, "bn_Conv1"), "Conv1_relu");
    let id = 0;
    for (const [filters, blocks, stride, expansion] of stages) {
      const width = roundChannels(Math.trunc(filters * alpha));
      for (let i = 0; i < blocks; i++) {
        x = inverted(x, { filters: width, stride: i === 0 ? stride : 1, expansion, id: id++ });
      }
    }
    const last = alpha > 1 ? roundChannels(1280 * alpha) : 1280;
    x = layers.Conv2D(last, 1, { useBias: false, name: "Conv_1" })(x);
    return head(relu6(normalizeSlowly(x, "Conv_1_bn"), "out_relu"), settings);
  },
  pretrained({ includeTop, weights }, { alpha = 1 }, shape) {
    const size = namedSize(shape, weights, sizes);
    const end = includeTop ? "" : "_no_top";
    const file = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${pythonFloat(alpha)}_${size}${end}.h5`;
    const origin = `https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/${file}`;
    return { file, origin, hash: null };
  },
});
