import type { KerasTensor } from "../engine/keras-tensor.js";
import * as initializers from "../initializers/index.js";
import * as layers from "../layers/index.js";
import { Normalization, Rescaling } from "../layers/preprocessing/index.js";
import { type Application, type ApplicationOptions, application, type Settings } from "./application.js";
import {
  channelAxis,
  channelsOf,
  classesInitializer,
  convInitializer,
  head,
  roundChannels,
  squeezeExcite,
} from "./blocks.js";
import { around, letter } from "./efficientnet.js";

/** Options of the EfficientNetV2s. */
export interface EfficientNetV2Options extends ApplicationOptions {
  /** Whether the network begins by scaling pixels of [0, 255]. Default `true`. */
  includePreprocessing?: boolean;
}

const normalize = (x: KerasTensor, name: string): KerasTensor =>
  layers.BatchNormalization({ axis: channelAxis(), momentum: 0.9, name })(x);
const activate = (x: KerasTensor, name: string): KerasTensor => layers.Activation("swish", { name })(x);

/** The blocks of a stage: fused ones begin with a whole convolution instead of a pointwise and a depthwise one. */
interface Stage {
  readonly repeats: number;
  readonly to: number;
  readonly expand: number;
  readonly stride: number;
  readonly fused: boolean;
}

/** Fused stages come first, and do not squeeze. */
const fused = (repeats: number, to: number, expand: number, stride: number): Stage => ({
  ...{ repeats, to, expand, stride },
  fused: true,
});
const plain = (repeats: number, to: number, expand: number, stride: number): Stage => ({
  ...{ repeats, to, expand, stride },
  fused: false,
});

const base: readonly Stage[] = [
  fused(1, 16, 1, 1),
  fused(2, 32, 4, 2),
  fused(2, 48, 4, 2),
  plain(3, 96, 4, 2),
  plain(5, 112, 6, 1),
  plain(8, 192, 6, 2),
];
const small: readonly Stage[] = [
  fused(2, 24, 1, 1),
  fused(4, 48, 4, 2),
  fused(4, 64, 4, 2),
  plain(6, 128, 4, 2),
  plain(9, 160, 6, 1),
  plain(15, 256, 6, 2),
];
const medium: readonly Stage[] = [
  fused(3, 24, 1, 1),
  fused(5, 48, 4, 2),
  fused(5, 80, 4, 2),
  plain(7, 160, 4, 2),
  plain(14, 176, 6, 1),
  plain(18, 304, 6, 2),
  plain(5, 512, 6, 1),
];
const large: readonly Stage[] = [
  fused(4, 32, 1, 1),
  fused(7, 64, 4, 2),
  fused(7, 96, 4, 2),
  plain(10, 192, 4, 2),
  plain(19, 224, 6, 1),
  plain(25, 384, 6, 2),
  plain(7, 640, 6, 1),
];

function block(input: KerasTensor, stage: Stage, rate: number, name: string): KerasTensor {
  const { expand, to, stride } = stage;
  const channels = channelsOf(input);
  const conv = { padding: "same", useBias: false, kernelInitializer: convInitializer() } as const;
  const [kernel, strides] = stage.fused ? [3, stride] : [1, 1];
  let x = input;
  if (expand !== 1) {
    x = layers.Conv2D(channels * expand, kernel, { ...conv, strides, name: `${name}expand_conv` })(x);
    x = activate(normalize(x, `${name}expand_bn`), `${name}expand_activation`);
  }
  if (!stage.fused) {
    const depthwise = { padding: "same", useBias: false, depthwiseInitializer: convInitializer() } as const;
    x = layers.DepthwiseConv2D(3, { ...depthwise, strides: stride, name: `${name}dwconv2` })(x);
    x = activate(normalize(x, `${name}bn`), `${name}activation`);
    x = squeezeExcite(x, Math.max(1, Math.trunc(channels * 0.25)), name);
  }
  // A fused block that does not widen has no other convolution than this.
  const only = stage.fused && expand === 1;
  const project = { ...conv, strides: only ? stride : 1, name: `${name}project_conv` };
  x = normalize(layers.Conv2D(to, only ? 3 : 1, project)(x), `${name}project_bn`);
  if (only) x = activate(x, `${name}project_activation`);
  return stride === 1 && channels === to ? around(x, input, rate, name) : x;
}

/** What a network does to pixels first: the smaller ones were trained on normalised colours. */
function preprocess(x: KerasTensor, normalized: boolean): KerasTensor {
  if (!normalized) return Rescaling(1 / 128, { offset: -1 })(x);
  const variance = [0.229 ** 2, 0.224 ** 2, 0.225 ** 2];
  return Normalization({ mean: [0.485, 0.456, 0.406], variance, axis: channelAxis() })(Rescaling(1 / 255)(x));
}

interface Scale {
  /** The number of filters of the first convolution. Default 32. */
  readonly stem?: number;
  readonly stages: readonly Stage[];
  readonly width?: number;
  readonly depth?: number;
  readonly size: number;
}

function efficientnet(
  title: string,
  { stages, stem = 32, width = 1, depth = 1, size }: Scale,
  hashes: readonly [top: string, noTop: string],
): Application<EfficientNetV2Options> {
  const name = title.toLowerCase().replace("v2", "v2-");
  const filters = (count: number): number => roundChannels(count * width, 8, false);
  return application<EfficientNetV2Options>({
    title,
    name: () => name,
    size,
    minSize: 32,
    build(input, settings: Settings, { includePreprocessing = true }, shape) {
      const colored = shape[channelAxis() - 1] === 3;
      let x = includePreprocessing ? preprocess(input, stages === base && colored) : input;
      const conv = { padding: "same", useBias: false, kernelInitializer: convInitializer() } as const;
      x = layers.Conv2D(filters(stem), 3, { ...conv, strides: 2, name: "stem_conv" })(x);
      x = activate(normalize(x, "stem_bn"), "stem_activation");
      // As Keras counts: the blocks before deepening, so that the rates of deeper networks go beyond 0.2.
      const total = stages.reduce((sum, stage) => sum + stage.repeats, 0);
      let done = 0;
      for (const [i, stage] of stages.entries()) {
        for (let j = 0; j < Math.ceil(depth * stage.repeats); j++) {
          const own = { ...stage, to: filters(stage.to), stride: j === 0 ? stage.stride : 1 };
          x = block(x, own, (0.2 * done) / total, `block${i + 1}${letter(j)}_`);
          done++;
        }
      }
      x = layers.Conv2D(filters(1280), 1, { ...conv, name: "top_conv" })(x);
      x = activate(normalize(x, "top_bn"), "top_activation");
      const dense = { kernelInitializer: classesInitializer(), biasInitializer: new initializers.Constant(0) };
      return head(x, settings, { topPool: "avg_pool", namedPools: true, dropout: 0.2, dense });
    },
    pretrained({ includeTop }) {
      const file = `${name}${includeTop ? "" : "_notop"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/${file}`;
      return { file, origin, hash: hashes[includeTop ? 0 : 1] };
    },
  });
}

/**
 * EfficientNetV2B0, for pictures of 224×224 (at least 32×32). Pixels go in as they are, in [0, 255].
 *
 * Source: `keras.applications.EfficientNetV2B0`; Tan and Le, 2021 (arXiv:2104.00298).
 */
export const EfficientNetV2B0 = efficientnet("EfficientNetV2B0", { stages: base, size: 224 }, [
  "21ecbf6da12460d5c40bb2f29ceb2188",
  "893217f2bb855e2983157299931e43ff",
]);
/** As {@link EfficientNetV2B0}, for pictures of 240×240. Source: `keras.applications.EfficientNetV2B1`. */
export const EfficientNetV2B1 = efficientnet("EfficientNetV2B1", { stages: base, depth: 1.1, size: 240 }, [
  "069f0534ff22adf035c89e2d9547a9dc",
  "0e80663031ca32d657f9caa404b6ec37",
]);
/** As {@link EfficientNetV2B0}, for pictures of 260×260. Source: `keras.applications.EfficientNetV2B2`. */
export const EfficientNetV2B2 = efficientnet("EfficientNetV2B2", { stages: base, width: 1.1, depth: 1.2, size: 260 }, [
  "424e49f28180edbde1e94797771950a7",
  "1dfe2e7a5d45b6632553a8961ea609eb",
]);
/** As {@link EfficientNetV2B0}, for pictures of 300×300. Source: `keras.applications.EfficientNetV2B3`. */
export const EfficientNetV2B3 = efficientnet("EfficientNetV2B3", { stages: base, width: 1.2, depth: 1.4, size: 300 }, [
  "1f1fc43bd98a6e4fd8fdfd551e02c7a0",
  "f6abf7b5849ac99a89b50dd3fd532856",
]);
/** As {@link EfficientNetV2B0}, for pictures of 384×384. Source: `keras.applications.EfficientNetV2S`. */
export const EfficientNetV2S = efficientnet("EfficientNetV2S", { stages: small, stem: 24, size: 384 }, [
  "e1d88a8495beba45748fedd0cecbe016",
  "af0682fb74e8c54910f2d4393339c070",
]);
/** As {@link EfficientNetV2B0}, for pictures of 480×480. Source: `keras.applications.EfficientNetV2M`. */
export const EfficientNetV2M = efficientnet("EfficientNetV2M", { stages: medium, stem: 24, size: 480 }, [
  "a3bf6aa3276309f4fc6a34aa114c95cd",
  "1b8dc055df72dde80d614482840fe342",
]);
/** As {@link EfficientNetV2B0}, for pictures of 480×480. Source: `keras.applications.EfficientNetV2L`. */
export const EfficientNetV2L = efficientnet("EfficientNetV2L", { stages: large, size: 480 }, [
  "27e6d408b53c7ebc868fefa357689935",
  "b0b66b5c863aef5b46e8608fe1711615",
]);
