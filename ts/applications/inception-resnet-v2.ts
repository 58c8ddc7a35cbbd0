import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Tensor } from "../engine/tensor.js";
import * as layers from "../layers/index.js";
import { registerModule } from "../saving/registry.js";
import type { Config } from "../saving/serialization.js";
import { application, type Settings } from "./application.js";
import { channelAxis, channelsOf, head } from "./blocks.js";

interface ConvOptions {
  readonly strides?: number;
  readonly padding?: "same" | "valid";
  readonly name?: string | null;
}

/** A convolution, normalisation and ReLU. */
function conv(
  x: KerasTensor,
  filters: number,
  size: number | readonly number[],
  { strides = 1, padding = "same", name = null }: ConvOptions = {},
): KerasTensor {
  const end = (part: string): string | null => (name === null ? null : `${name}_${part}`);
  const y = layers.Conv2D(filters, size, { strides, padding, useBias: false, name })(x);
  const z = layers.BatchNormalization({ axis: channelAxis(), scale: false, name: end("bn") })(y);
  return layers.Activation("relu", { name: end("ac") })(z);
}

type Step = readonly [filters: number, size: number | readonly number[], options?: ConvOptions];

/** Convolutions one after the other. */
const chain = (x: KerasTensor, steps: readonly Step[]): KerasTensor =>
  steps.reduce((y, [filters, size, options]) => conv(y, filters, size, options), x);

/** `a + scale · b` of a list `[a, b]`. */
export class CustomScaleLayer extends layers.Layer {
  static override readonly positional = ["scale"];

  readonly scale: number;

  constructor(scale: number, options: layers.LayerOptions = {}) {
    super(options);
    this.scale = scale;
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return inputs[0]!.add(inputs[1]!.multiply(this.scale));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale };
  }
}

registerModule("keras.src.applications.inception_resnet_v2", { CustomScaleLayer }, true);

/** The branches of the three kinds of blocks. */
const branches: Readonly<Record<string, readonly (readonly Step[])[]>> = {
  block35: [
    [[32, 1]],
    [
      [32, 1],
      [32, 3],
    ],
    [
      [32, 1],
      [48, 3],
      [64, 3],
    ],
  ],
  block17: [
    [[192, 1]],
    [
      [128, 1],
      [160, [1, 7]],
      [192, [7, 1]],
    ],
  ],
  block8: [
    [[192, 1]],
    [
      [192, 1],
      [224, [1, 3]],
      [256, [3, 1]],
    ],
  ],
};

/** Branches side by side, whose scaled sum is added to the input. */
function residual(x: KerasTensor, kind: string, id: number, scale: number, activates = true): KerasTensor {
  const name = `${kind}_${id}`;
  const parts = branches[kind]!.map((steps) => chain(x, steps));
  const mixed = layers.Concatenate({ axis: channelAxis(), name: `${name}_mixed` })(parts);
  const up = layers.Conv2D(channelsOf(x), 1, { padding: "same", name: `${name}_conv` })(mixed);
  const sum = new CustomScaleLayer(scale)([x, up]);
  return activates ? layers.Activation("relu", { name: `${name}_ac` })(sum) : sum;
}

const halving = { strides: 2, padding: "valid" } as const;

/**
 * InceptionResNetV2: Inception's branches with ways round them, for pictures of 299×299 (at least 75×75).
 *
 * Pictures go through `inceptionResnetV2.preprocessInput` first.
 *
 * Source: `keras.applications.InceptionResNetV2`; Szegedy et al., 2016 (arXiv:1602.07261).
 */
export const InceptionResNetV2 = application({
  title: "InceptionResNetV2",
  name: () => "inception_resnet_v2",
  size: 299,
  minSize: 75,
  build(input: KerasTensor, settings: Settings) {
    const halved = (y: KerasTensor): KerasTensor => layers.MaxPooling2D(3, { strides: 2 })(y);
    const mix = (parts: readonly KerasTensor[], name: string): KerasTensor =>
      layers.Concatenate({ axis: channelAxis(), name })(parts);
    let x = chain(input, [
      [32, 3, halving],
      [32, 3, { padding: "valid" }],
      [64, 3],
    ]);
    x = chain(halved(x), [
      [80, 1, { padding: "valid" }],
      [192, 3, { padding: "valid" }],
    ]);
    x = halved(x);
    const squares = [
      chain(x, [[96, 1]]),
      chain(x, [
        [48, 1],
        [64, 5],
      ]),
      chain(x, [
        [64, 1],
        [96, 3],
        [96, 3],
      ]),
    ];
    const averaged = layers.AveragePooling2D(3, { strides: 1, padding: "same" })(x);
    x = mix([...squares, conv(averaged, 64, 1)], "mixed_5b");
    for (let i = 1; i <= 10; i++) x = residual(x, "block35", i, 0.17);
    x = mix(
      [
        conv(x, 384, 3, halving),
        chain(x, [
          [256, 1],
          [256, 3],
          [384, 3, halving],
        ]),
        halved(x),
      ],
      "mixed_6a",
    );
    for (let i = 1; i <= 20; i++) x = residual(x, "block17", i, 0.1);
    const last = [
      chain(x, [
        [256, 1],
        [384, 3, halving],
      ]),
      chain(x, [
        [256, 1],
        [288, 3, halving],
      ]),
      chain(x, [
        [256, 1],
        [288, 3],
        [320, 3, halving],
      ]),
      halved(x),
    ];
    x = mix(last, "mixed_7a");
    for (let i = 1; i <= 9; i++) x = residual(x, "block8", i, 0.2);
    x = residual(x, "block8", 10, 1, false);
    return head(conv(x, 1536, 1, { name: "conv_7b" }), settings, { topPool: "avg_pool" });
  },
  pretrained({ includeTop }) {
    const file = `inception_resnet_v2_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
    const origin = `https://storage.googleapis.com/tensorflow/keras-applications/inception_resnet_v2/${file}`;
    return { file, origin, hash: includeTop ? "e693bd0210a403b3192acc6073ad2e96" : "d19885ff4a710c122648d3b5c3b684e4" };
  },
});
