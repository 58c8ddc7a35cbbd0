import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { Normalization, Rescaling } from "../layers/preprocessing/index.js";
import { type Application, application, type Settings } from "./application.js";
import {
  channelAxis,
  channelsOf,
  classesInitializer,
  convInitializer,
  correctPad,
  head,
  roundChannels,
  squeezeExcite,
} from "./blocks.js";

const normalize = (x: KerasTensor, name: string): KerasTensor =>
  layers.BatchNormalization({ axis: channelAxis(), name })(x);
const activate = (x: KerasTensor, name: string): KerasTensor => layers.Activation("swish", { name })(x);

/** The blocks of one stage of the smallest network; each larger one is wider and deeper by its factors. */
interface Stage {
  readonly kernel: number;
  readonly repeats: number;
  readonly to: number;
  readonly expand: number;
  readonly stride: number;
}

const stages: readonly Stage[] = [
  { kernel: 3, repeats: 1, to: 16, expand: 1, stride: 1 },
  { kernel: 3, repeats: 2, to: 24, expand: 6, stride: 2 },
  { kernel: 5, repeats: 2, to: 40, expand: 6, stride: 2 },
  { kernel: 3, repeats: 3, to: 80, expand: 6, stride: 2 },
  { kernel: 5, repeats: 3, to: 112, expand: 6, stride: 1 },
  { kernel: 5, repeats: 4, to: 192, expand: 6, stride: 2 },
  { kernel: 3, repeats: 1, to: 320, expand: 6, stride: 1 },
];

/** An inverted residual block that is dropped as a whole, sample by sample, at a rate. */
function inverted(input: KerasTensor, stage: Omit<Stage, "repeats">, rate: number, name: string): KerasTensor {
  const { kernel, to, expand, stride } = stage;
  const channels = channelsOf(input);
  const conv = { padding: "same", useBias: false, kernelInitializer: convInitializer() } as const;
  let x = input;
  if (expand !== 1) {
    x = layers.Conv2D(channels * expand, 1, { ...conv, name: `${name}expand_conv` })(x);
    x = activate(normalize(x, `${name}expand_bn`), `${name}expand_activation`);
  }
  if (stride === 2) x = layers.ZeroPadding2D(correctPad(x, kernel), { name: `${name}dwconv_pad` })(x);
  x = layers.DepthwiseConv2D(kernel, {
    strides: stride,
    padding: stride === 2 ? "valid" : "same",
    useBias: false,
    depthwiseInitializer: convInitializer(),
    name: `${name}dwconv`,
  })(x);
  x = activate(normalize(x, `${name}bn`), `${name}activation`);
  x = squeezeExcite(x, Math.max(1, Math.trunc(channels * 0.25)), name);
  x = layers.Conv2D(to, 1, { ...conv, name: `${name}project_conv` })(x);
  x = normalize(x, `${name}project_bn`);
  return stride === 1 && channels === to ? around(x, input, rate, name) : x;
}

/** Adds what went round a block. */
export function around(x: KerasTensor, input: KerasTensor, rate: number, name: string): KerasTensor {
  const kept = rate > 0 ? layers.Dropout(rate, { noiseShape: [null, 1, 1, 1], name: `${name}drop` })(x) : x;
  return layers.add([kept, input], { name: `${name}add` });
}

/** The letter of the i-th block of a stage: a, b, c… */
export const letter = (i: number): string => String.fromCharCode(97 + i);

/** The standard deviations of ImageNet's colours, of which Keras's trained weights want the roots divided away again. */
const deviations = [0.229, 0.224, 0.225];

interface Scale {
  readonly width: number;
  readonly depth: number;
  readonly size: number;
  /** The rate of the dropout before the classes. */
  readonly dropout: number;
}

function efficientnet(title: string, scale: Scale, hashes: readonly [top: string, noTop: string]): Application {
  const name = title.toLowerCase();
  const filters = (count: number): number => roundChannels(count * scale.width);
  const repeats = (count: number): number => Math.ceil(scale.depth * count);
  return application({
    title,
    name: () => name,
    size: scale.size,
    minSize: 32,
    build(input: KerasTensor, settings: Settings) {
      let x = Rescaling(1 / 255)(input);
      x = Normalization({ axis: channelAxis() })(x);
      if (settings.weights === "imagenet") x = Rescaling(rootsDividedAway())(x);
      x = layers.ZeroPadding2D(correctPad(x, 3), { name: "stem_conv_pad" })(x);
      const conv = { useBias: false, kernelInitializer: convInitializer() } as const;
      x = layers.Conv2D(filters(32), 3, { ...conv, strides: 2, name: "stem_conv" })(x);
      x = activate(normalize(x, "stem_bn"), "stem_activation");
      const total = stages.reduce((sum, stage) => sum + repeats(stage.repeats), 0);
      let done = 0;
      for (const [i, stage] of stages.entries()) {
        for (let j = 0; j < repeats(stage.repeats); j++) {
          const own = { ...stage, to: filters(stage.to), stride: j === 0 ? stage.stride : 1 };
          x = inverted(x, own, (0.2 * done) / total, `block${i + 1}${letter(j)}_`);
          done++;
        }
      }
      x = layers.Conv2D(filters(1280), 1, { ...conv, padding: "same", name: "top_conv" })(x);
      x = activate(normalize(x, "top_bn"), "top_activation");
      return head(x, settings, {
        topPool: "avg_pool",
        namedPools: true,
        dropout: scale.dropout,
        dense: { kernelInitializer: classesInitializer() },
      });
    },
    pretrained({ includeTop }) {
      const file = `${name}${includeTop ? "" : "_notop"}.h5`;
      return {
        file,
        origin: `https://storage.googleapis.com/keras-applications/${file}`,
        hash: hashes[includeTop ? 0 : 1],
      };
    },
  });
}

/** Factors for each channel, along the axis where the channels are. */
function rootsDividedAway(): number[] {
  return deviations.map((deviation) => 1 / Math.sqrt(deviation));
}

/**
 * EfficientNetB0, for pictures of 224×224 (at least 32×32). Pixels go in as they are, in [0, 255].
 *
 * Source: `keras.applications.EfficientNetB0`; Tan and Le, 2019 (arXiv:1905.11946).
 */
export const EfficientNetB0 = efficientnet("EfficientNetB0", { width: 1, depth: 1, size: 224, dropout: 0.2 }, [
  "902e53a9f72be733fc0bcb005b3ebbac",
  "50bc09e76180e00e4465e1a485ddc09d",
]);
/** As {@link EfficientNetB0}, for pictures of 240×240. Source: `keras.applications.EfficientNetB1`. */
export const EfficientNetB1 = efficientnet("EfficientNetB1", { width: 1, depth: 1.1, size: 240, dropout: 0.2 }, [
  "1d254153d4ab51201f1646940f018540",
  "74c4e6b3e1f6a1eea24c589628592432",
]);
/** As {@link EfficientNetB0}, for pictures of 260×260. Source: `keras.applications.EfficientNetB2`. */
export const EfficientNetB2 = efficientnet("EfficientNetB2", { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 }, [
  "b15cce36ff4dcbd00b6dd88e7857a6ad",
  "111f8e2ac8aa800a7a99e3239f7bfb39",
]);
/** As {@link EfficientNetB0}, for pictures of 300×300. Source: `keras.applications.EfficientNetB3`. */
export const EfficientNetB3 = efficientnet("EfficientNetB3", { width: 1.2, depth: 1.4, size: 300, dropout: 0.3 }, [
  "ffd1fdc53d0ce67064dc6a9c7960ede0",
  "af6d107764bb5b1abb91932881670226",
]);
/** As {@link EfficientNetB0}, for pictures of 380×380. Source: `keras.applications.EfficientNetB4`. */
export const EfficientNetB4 = efficientnet("EfficientNetB4", { width: 1.4, depth: 1.8, size: 380, dropout: 0.4 }, [
  "18c95ad55216b8f92d7e70b3a046e2fc",
  "ebc24e6d6c33eaebbd558eafbeedf1ba",
]);
/** As {@link EfficientNetB0}, for pictures of 456×456. Source: `keras.applications.EfficientNetB5`. */
export const EfficientNetB5 = efficientnet("EfficientNetB5", { width: 1.6, depth: 2.2, size: 456, dropout: 0.4 }, [
  "ace28f2a6363774853a83a0b21b9421a",
  "38879255a25d3c92d5e44e04ae6cec6f",
]);
/** As {@link EfficientNetB0}, for pictures of 528×528. Source: `keras.applications.EfficientNetB6`. */
export const EfficientNetB6 = efficientnet("EfficientNetB6", { width: 1.8, depth: 2.6, size: 528, dropout: 0.5 }, [
  "165f6e37dce68623721b423839de8be5",
  "9ecce42647a20130c1f39a5d4cb75743",
]);
/** As {@link EfficientNetB0}, for pictures of 600×600. Source: `keras.applications.EfficientNetB7`. */
export const EfficientNetB7 = efficientnet("EfficientNetB7", { width: 2, depth: 3.1, size: 600, dropout: 0.5 }, [
  "8c03f828fec3ef71311cd463b6759d99",
  "cbcfe4450ddf6f3ad90b1b398090fe4a",
]);
