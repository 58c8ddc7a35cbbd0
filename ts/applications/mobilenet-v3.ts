import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Shape } from "../engine/shape.js";
import { formatShape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import * as layers from "../layers/index.js";
import { Rescaling } from "../layers/preprocessing/index.js";
import { type Application, type ApplicationOptions, application, type Settings } from "./application.js";
import { channelsOf, correctPad, pooled, roundChannels } from "./blocks.js";
import { checkSameSize, pictureAxes, pictureShape } from "./checks.js";
import { normalizeSlowly, pythonFloat } from "./mobilenet-v2.js";

/** Options of {@link MobileNetV3Small} and {@link MobileNetV3Large}. */
export interface MobileNetV3Options extends ApplicationOptions {
  /** A factor of the number of filters of each layer. Default 1; trained weights exist for 0.75 and 1, and for 1 if `minimalistic`. */
  alpha?: number;
  /** Whether to do without squeeze and excitation, hard swish and 5×5 windows. Default `false`. */
  minimalistic?: boolean;
  /** The rate of the dropout before the classes. Default 0.2. */
  dropoutRate?: number;
  /** Whether the network begins by scaling pixels of [0, 255] to [-1, 1]. Default `true`. */
  includePreprocessing?: boolean;
}

type Activate = (x: KerasTensor) => KerasTensor;

const relu: Activate = (x) => layers.ReLU()(x);
const hardSwish: Activate = (x) => layers.Activation("hard_swish")(x);
const hardSigmoid: Activate = (x) =>
  layers
    .ReLU({ maxValue: 6 })(x.add(3))
    .multiply(1 / 6);

/** One inverted residual block. */
interface Block {
  /** How many times wider it is inside than its input. */
  readonly expansion: number;
  readonly filters: number;
  readonly kernel: 3 | 5;
  readonly stride: 1 | 2;
  /** Whether it squeezes and excites. */
  readonly squeeze: boolean;
  /** Whether it activates by hard swish rather than by ReLU. */
  readonly swish: boolean;
}

const block = (
  expansion: number,
  filters: number,
  kernel: 3 | 5,
  stride: 1 | 2,
  squeeze: boolean,
  swish: boolean,
): Block => ({ expansion, filters, kernel, stride, squeeze, swish });

function squeezeExcite(x: KerasTensor, channels: number, name: string): KerasTensor {
  const conv = (filters: number, end: string): ReturnType<typeof layers.Conv2D> =>
    layers.Conv2D(filters, 1, { padding: "same", name: `${name}${end}` });
  let y = layers.GlobalAveragePooling2D({ keepdims: true, name: `${name}_avg_pool` })(x);
  y = layers.ReLU({ name: `${name}_relu` })(conv(roundChannels(channels * 0.25), "_conv")(y));
  y = hardSigmoid(conv(channels, "_conv_1")(y));
  return layers.Multiply({ name: `${name}_mul` })([x, y]);
}

function inverted(input: KerasTensor, options: Block, activate: Activate, id: number): KerasTensor {
  const { expansion, filters, kernel, stride, squeeze } = options;
  const prefix = id > 0 ? `expanded_conv_${id}_` : "expanded_conv_";
  const channels = channelsOf(input);
  const inside = roundChannels(channels * expansion);
  let x = input;
  if (id > 0) {
    x = layers.Conv2D(inside, 1, { padding: "same", useBias: false, name: `${prefix}expand` })(x);
    x = activate(normalizeSlowly(x, `${prefix}expand_bn`));
  }
  if (stride === 2) x = layers.ZeroPadding2D(correctPad(x, kernel), { name: `${prefix}depthwise_pad` })(x);
  const padding = stride === 1 ? "same" : "valid";
  x = layers.DepthwiseConv2D(kernel, { strides: stride, padding, useBias: false, name: `${prefix}depthwise` })(x);
  x = activate(normalizeSlowly(x, `${prefix}depthwise_bn`));
  if (squeeze) x = squeezeExcite(x, inside, `${prefix}squeeze_excite`);
  x = layers.Conv2D(filters, 1, { padding: "same", useBias: false, name: `${prefix}project` })(x);
  x = normalizeSlowly(x, `${prefix}project_bn`);
  return stride === 1 && channels === filters ? layers.Add({ name: `${prefix}add` })([input, x]) : x;
}

/** The md5 of Keras's files of weights, with the top and without, by width (`"minimalistic"` has the width 1). */
type Hashes = Readonly<Record<"0.75" | "1.0" | "minimalistic", readonly [top: string, noTop: string]>>;

function mobilenet(
  title: string,
  blocks: readonly Block[],
  lastFilters: number,
  hashes: Hashes,
): Application<MobileNetV3Options> {
  const kind = title === "MobileNetV3Small" ? "small" : "large";
  return application<MobileNetV3Options>({
    title,
    name: () => title,
    size: 224,
    minSize: 32,
    check({ alpha = 1, minimalistic = false }, settings: Settings) {
      checkSameSize(title, settings);
      if (settings.weights !== "imagenet" || alpha === 1 || (alpha === 0.75 && !minimalistic)) return;
      throw new ValueError(
        `${title}: with weights="imagenet", \`alpha\` must be 0.75 or 1, and 1 if \`minimalistic\`. Received: alpha=${alpha}`,
      );
    },
    inputShape(_, { inputShape, inputTensor }): Shape {
      const { rows, columns } = pictureAxes();
      const batch = inputTensor?.shape;
      const shape =
        inputShape ??
        (batch === undefined
          ? pictureShape(null, null, 3)
          : pictureShape(batch[columns + 1] ?? null, batch[rows + 1] ?? null, 3));
      const [height, width] = [shape[rows], shape[columns]];
      if (shape.length !== 3 || (height && width && (height < 32 || width < 32))) {
        throw new ValueError(`${title}: pictures must be at least 32x32. Received: inputShape=${formatShape(shape)}`);
      }
      return shape;
    },
    build(input, settings: Settings, options) {
      const { alpha = 1, minimalistic = false, dropoutRate = 0.2, includePreprocessing = true } = options;
      const activate = minimalistic ? relu : hardSwish;
      let x = includePreprocessing ? Rescaling(1 / 127.5, { offset: -1 })(input) : input;
      x = layers.Conv2D(16, 3, { strides: 2, padding: "same", useBias: false, name: "conv" })(x);
      x = activate(normalizeSlowly(x, "conv_bn"));
      for (const [id, given] of blocks.entries()) {
        const own: Block = {
          ...given,
          filters: roundChannels(given.filters * alpha),
          kernel: minimalistic ? 3 : given.kernel,
          squeeze: given.squeeze && !minimalistic,
        };
        x = inverted(x, own, given.swish ? activate : relu, id);
      }
      const wide = roundChannels(channelsOf(x) * 6);
      x = layers.Conv2D(wide, 1, { padding: "same", useBias: false, name: "conv_1" })(x);
      x = activate(normalizeSlowly(x, "conv_1_bn"));
      if (!settings.includeTop) return pooled(x, settings, true);
      const last = alpha > 1 ? roundChannels(lastFilters * alpha) : lastFilters;
      x = layers.GlobalAveragePooling2D({ keepdims: true })(x);
      x = activate(layers.Conv2D(last, 1, { padding: "same", name: "conv_2" })(x));
      if (dropoutRate > 0) x = layers.Dropout(dropoutRate)(x);
      x = layers.Flatten()(layers.Conv2D(settings.classes, 1, { padding: "same", name: "logits" })(x));
      return layers.Activation(settings.classifierActivation, { name: "predictions" })(x);
    },
    pretrained({ includeTop }, { alpha = 1, minimalistic = false }) {
      const width = pythonFloat(alpha);
      const model = `${kind}${minimalistic ? "_minimalistic" : ""}_224_${width}_float`;
      const file = `weights_mobilenet_v3_${model}${includeTop ? "" : "_no_top_v2"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/${file}`;
      const pair = hashes[minimalistic ? "minimalistic" : (width as "0.75" | "1.0")];
      return { file, origin, hash: pair[includeTop ? 0 : 1] };
    },
  });
}

/**
 * MobileNetV3, the small one, for pictures of 224×224 (at least 32×32). Pixels go in as they are, in [0, 255].
 *
 * Source: `keras.applications.MobileNetV3Small`; Howard et al., 2019 (arXiv:1905.02244).
 */
export const MobileNetV3Small = mobilenet(
  "MobileNetV3Small",
  [
    block(1, 16, 3, 2, true, false),
    block(72 / 16, 24, 3, 2, false, false),
    block(88 / 24, 24, 3, 1, false, false),
    block(4, 40, 5, 2, true, true),
    block(6, 40, 5, 1, true, true),
    block(6, 40, 5, 1, true, true),
    block(3, 48, 5, 1, true, true),
    block(3, 48, 5, 1, true, true),
    block(6, 96, 5, 2, true, true),
    block(6, 96, 5, 1, true, true),
    block(6, 96, 5, 1, true, true),
  ],
  1024,
  {
    "0.75": ["cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"],
    "1.0": ["8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"],
    minimalistic: ["99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"],
  },
);

/**
 * MobileNetV3, the large one, for pictures of 224×224 (at least 32×32). Pixels go in as they are, in [0, 255].
 *
 * Source: `keras.applications.MobileNetV3Large`; Howard et al., 2019 (arXiv:1905.02244).
 */
export const MobileNetV3Large = mobilenet(
  "MobileNetV3Large",
  [
    block(1, 16, 3, 1, false, false),
    block(4, 24, 3, 2, false, false),
    block(3, 24, 3, 1, false, false),
    block(3, 40, 5, 2, true, false),
    block(3, 40, 5, 1, true, false),
    block(3, 40, 5, 1, true, false),
    block(6, 80, 3, 2, false, true),
    block(2.5, 80, 3, 1, false, true),
    block(2.3, 80, 3, 1, false, true),
    block(2.3, 80, 3, 1, false, true),
    block(6, 112, 3, 1, true, true),
    block(6, 112, 3, 1, true, true),
    block(6, 160, 5, 2, true, true),
    block(6, 160, 5, 1, true, true),
    block(6, 160, 5, 1, true, true),
  ],
  1280,
  {
    "0.75": ["765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"],
    "1.0": ["59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"],
    minimalistic: ["675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"],
  },
);
