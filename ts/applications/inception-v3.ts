import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { application, type Settings } from "./application.js";
import { channelAxis, head } from "./blocks.js";

type Size = readonly [height: number, width: number];

interface ConvOptions {
  readonly strides?: number;
  readonly padding?: "same" | "valid";
}

/** A convolution, normalisation and ReLU. */
function conv(
  x: KerasTensor,
  filters: number,
  size: Size,
  { strides = 1, padding = "same" }: ConvOptions = {},
): KerasTensor {
  const y = layers.Conv2D(filters, size, { strides, padding, useBias: false })(x);
  return layers.Activation("relu")(layers.BatchNormalization({ axis: channelAxis(), scale: false })(y));
}

const one: Size = [1, 1];
const three: Size = [3, 3];
const row: Size = [1, 7];
const column: Size = [7, 1];
const halving = { strides: 2, padding: "valid" } as const;

type Step = readonly [filters: number, size: Size, options?: ConvOptions];

/** Convolutions one after the other. */
const chain = (x: KerasTensor, steps: readonly Step[]): KerasTensor =>
  steps.reduce((y, [filters, size, options]) => conv(y, filters, size, options), x);

const concatenate = (parts: readonly KerasTensor[], name: string | null = null): KerasTensor =>
  layers.concatenate(parts, { axis: channelAxis(), name });

const averaged = (x: KerasTensor, filters: number): KerasTensor =>
  conv(layers.AveragePooling2D([3, 3], { strides: [1, 1], padding: "same" })(x), filters, one);

const halved = (x: KerasTensor): KerasTensor => layers.MaxPooling2D([3, 3], { strides: [2, 2] })(x);

/** Windows of 1, 5 and twice 3. */
function mixedSquares(x: KerasTensor, filters: number, name: string): KerasTensor {
  return concatenate(
    [
      conv(x, 64, one),
      chain(x, [
        [48, one],
        [64, [5, 5]],
      ]),
      chain(x, [
        [64, one],
        [96, three],
        [96, three],
      ]),
      averaged(x, filters),
    ],
    name,
  );
}

/** Windows of 7, split into rows and columns. */
function mixedLines(x: KerasTensor, n: number, name: string): KerasTensor {
  return concatenate(
    [
      conv(x, 192, one),
      chain(x, [
        [n, one],
        [n, row],
        [192, column],
      ]),
      chain(x, [
        [n, one],
        [n, column],
        [n, row],
        [n, column],
        [192, row],
      ]),
      averaged(x, 192),
    ],
    name,
  );
}

/** Windows of 3, whose rows and columns stand side by side. */
function mixedSplit(x: KerasTensor, i: number): KerasTensor {
  const split = (y: KerasTensor, name: string | null): KerasTensor =>
    concatenate([conv(y, 384, [1, 3]), conv(y, 384, [3, 1])], name);
  const first = conv(x, 320, one);
  const second = split(conv(x, 384, one), `mixed9_${i}`);
  const third = split(
    chain(x, [
      [448, one],
      [384, three],
    ]),
    null,
  );
  return concatenate([first, second, third, averaged(x, 192)], `mixed${9 + i}`);
}

/**
 * InceptionV3: windows of several sizes side by side, for pictures of 299×299 (at least 75×75).
 *
 * Pictures go through `inceptionV3.preprocessInput` first.
 *
 * Source: `keras.applications.InceptionV3`; Szegedy et al., 2015 (arXiv:1512.00567).
 */
export const InceptionV3 = application({
  title: "InceptionV3",
  name: () => "inception_v3",
  size: 299,
  minSize: 75,
  build(input: KerasTensor, settings: Settings) {
    let x = chain(input, [
      [32, three, halving],
      [32, three, { padding: "valid" }],
      [64, three],
    ]);
    x = chain(halved(x), [
      [80, one, { padding: "valid" }],
      [192, three, { padding: "valid" }],
    ]);
    x = halved(x);
    for (const [i, filters] of [32, 64, 64].entries()) x = mixedSquares(x, filters, `mixed${i}`);
    const doubled = [
      [64, one],
      [96, three],
      [96, three, halving],
    ] as const;
    x = concatenate([conv(x, 384, three, halving), chain(x, doubled), halved(x)], "mixed3");
    for (const [i, n] of [128, 160, 160, 192].entries()) x = mixedLines(x, n, `mixed${4 + i}`);
    x = concatenate(
      [
        chain(x, [
          [192, one],
          [320, three, halving],
        ]),
        chain(x, [
          [192, one],
          [192, row],
          [192, column],
          [192, three, halving],
        ]),
        halved(x),
      ],
      "mixed8",
    );
    for (const i of [0, 1]) x = mixedSplit(x, i);
    return head(x, settings, { topPool: "avg_pool" });
  },
  pretrained({ includeTop }) {
    const file = `inception_v3_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
    const origin = `https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/${file}`;
    return { file, origin, hash: includeTop ? "9a0d58056eeedaa3f26cb7ebd46da564" : "bcbd6486424b2319ff4ef7d526e38f63" };
  },
});
