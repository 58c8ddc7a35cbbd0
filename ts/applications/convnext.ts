import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as initializers from "../initializers/index.js";
import * as layers from "../layers/index.js";
import { Normalization } from "../layers/preprocessing/index.js";
import { Sequential } from "../models/sequential.js";
import { registerModule } from "../saving/registry.js";
import type { Config } from "../saving/serialization.js";
import { type Application, type ApplicationOptions, application, type Settings } from "./application.js";
import { pooled } from "./blocks.js";

/** Options of the ConvNeXts. */
export interface ConvNeXtOptions extends ApplicationOptions {
  /** Whether the network begins by normalising pixels of [0, 255], where pictures have 3 channels. Default `true`. */
  includePreprocessing?: boolean;
}

/** Multiplies each channel by a weight that begins at a small value. */
export class LayerScale extends layers.Layer {
  static override readonly positional = ["initValues", "projectionDim"];

  readonly initValues: number;
  readonly projectionDim: number;
  gamma!: Variable;

  /** @param initValues The first value. @param projectionDim The number of channels. */
  constructor(initValues: number, projectionDim: number, options: layers.LayerOptions = {}) {
    super(options);
    this.initValues = initValues;
    this.projectionDim = projectionDim;
  }

  override build(): void {
    this.gamma = this.addWeight({
      shape: [this.projectionDim],
      initializer: new initializers.Constant(this.initValues),
      trainable: true,
    });
  }

  override call(inputs: Tensor): Tensor {
    return inputs.multiply(this.gamma);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), init_values: this.initValues, projection_dim: this.projectionDim };
  }
}

registerModule("keras.src.applications.convnext", { LayerScale }, true);

const layerNorm = (name: string | null): InstanceType<typeof layers.LayerNormalization> =>
  layers.LayerNormalization({ epsilon: 1e-6, name });

/** A convolution of each channel by itself, then two dense layers, and a way round all. */
function block(input: KerasTensor, width: number, name: string): KerasTensor {
  const depthwise = { padding: "same", groups: width, name: `${name}_depthwise_conv` } as const;
  let x = layers.Conv2D(width, 7, depthwise)(input);
  x = layerNorm(`${name}_layernorm`)(x);
  x = layers.Dense(4 * width, { name: `${name}_pointwise_conv_1` })(x);
  x = layers.Activation("gelu", { name: `${name}_gelu` })(x);
  x = layers.Dense(width, { name: `${name}_pointwise_conv_2` })(x);
  x = new LayerScale(1e-6, width, { name: `${name}_layer_scale` })(x);
  return input.add(layers.Activation("linear", { name: `${name}_identity` })(x));
}

/** What brings a picture, or features, to the first width or the next. */
function downsampling(i: number, width: number, name: string): Sequential {
  if (i === 0) {
    const conv = layers.Conv2D(width, 4, { strides: 4, name: `${name}_stem_conv` });
    return new Sequential([conv, layerNorm(`${name}_stem_layernorm`)], { name: `${name}_stem` });
  }
  const conv = layers.Conv2D(width, 2, { strides: 2, name: `${name}_downsampling_conv_${i - 1}` });
  const norm = layerNorm(`${name}_downsampling_layernorm_${i - 1}`);
  return new Sequential([norm, conv], { name: `${name}_downsampling_block_${i - 1}` });
}

/** Means and variances of ImageNet's colours, of pixels in [0, 255]. */
const colors = {
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  variance: [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2],
};

function convnext(
  title: string,
  size: string,
  { depths, widths }: { depths: readonly number[]; widths: readonly number[] },
  hashes: readonly [top: string, noTop: string],
): Application<ConvNeXtOptions> {
  const usual = `convnext_${size}`;
  return application<ConvNeXtOptions>({
    title,
    name: () => usual,
    size: 224,
    minSize: 32,
    channelsLast: true,
    build(input, settings: Settings, { includePreprocessing = true, name: given }, shape) {
      const name = given ?? usual;
      let x = input;
      if (includePreprocessing && shape[2] === 3) {
        x = Normalization({ ...colors, name: `${name}_prestem_normalization` })(x);
      }
      for (const [i, width] of widths.entries()) {
        x = downsampling(i, width, name)(x);
        for (let j = 0; j < depths[i]!; j++) x = block(x, width, `${name}_stage_${i}_block_${j}`);
      }
      if (!settings.includeTop) return layerNorm(null)(pooled(x, settings));
      x = layers.GlobalAveragePooling2D({ name: `${name}_head_gap` })(x);
      const dense = { activation: settings.classifierActivation, name: `${name}_head_dense` };
      return layers.Dense(settings.classes, dense)(layerNorm(`${name}_head_layernorm`)(x));
    },
    pretrained({ includeTop }) {
      const file = `${usual}${includeTop ? "" : "_notop"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/convnext/${file}`;
      return { file, origin, hash: hashes[includeTop ? 0 : 1] };
    },
  });
}

/**
 * ConvNeXt, tiny: convolutions arranged as transformers are, for pictures of 224×224 (at least 32×32). Pixels go in as they are, in [0, 255].
 *
 * Source: `keras.applications.ConvNeXtTiny`; Liu et al., 2022 (arXiv:2201.03545).
 */
export const ConvNeXtTiny = convnext("ConvNeXtTiny", "tiny", { depths: [3, 3, 9, 3], widths: [96, 192, 384, 768] }, [
  "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
  "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
]);
/** As {@link ConvNeXtTiny}, with 27 blocks in the third stage. Source: `keras.applications.ConvNeXtSmall`. */
export const ConvNeXtSmall = convnext(
  "ConvNeXtSmall",
  "small",
  { depths: [3, 3, 27, 3], widths: [96, 192, 384, 768] },
  [
    "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
    "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
  ],
);
/** As {@link ConvNeXtSmall}, wider. Source: `keras.applications.ConvNeXtBase`. */
export const ConvNeXtBase = convnext("ConvNeXtBase", "base", { depths: [3, 3, 27, 3], widths: [128, 256, 512, 1024] }, [
  "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
  "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
]);
/** As {@link ConvNeXtBase}, wider. Source: `keras.applications.ConvNeXtLarge`. */
export const ConvNeXtLarge = convnext(
  "ConvNeXtLarge",
  "large",
  { depths: [3, 3, 27, 3], widths: [192, 384, 768, 1536] },
  [
    "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
    "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
  ],
);
/** As {@link ConvNeXtLarge}, wider. Source: `keras.applications.ConvNeXtXLarge`. */
export const ConvNeXtXLarge = convnext(
  "ConvNeXtXLarge",
  "xlarge",
  { depths: [3, 3, 27, 3], widths: [256, 512, 1024, 2048] },
  [
    "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
    "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
  ],
);
