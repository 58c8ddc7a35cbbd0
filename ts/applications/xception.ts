import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { application, type Settings } from "./application.js";
import { head, lastChannelAxis } from "./blocks.js";

const normalize = (x: KerasTensor, name: string | null = null): KerasTensor =>
  layers.BatchNormalization({ axis: lastChannelAxis(), name })(x);
const relu = (x: KerasTensor, name: string): KerasTensor => layers.Activation("relu", { name })(x);

function separable(x: KerasTensor, filters: number, name: string): KerasTensor {
  const y = layers.SeparableConv2D(filters, [3, 3], { padding: "same", useBias: false, name })(x);
  return normalize(y, `${name}_bn`);
}

/** Two separable convolutions and a pooling, with a convolution round them. */
function halving(
  x: KerasTensor,
  widths: readonly [number, number],
  block: string,
  firstActivates: boolean,
): KerasTensor {
  const beside = { strides: 2, padding: "same", useBias: false } as const;
  const residual = normalize(layers.Conv2D(widths[1], [1, 1], beside)(x));
  let y = firstActivates ? relu(x, `${block}_sepconv1_act`) : x;
  y = relu(separable(y, widths[0], `${block}_sepconv1`), `${block}_sepconv2_act`);
  y = separable(y, widths[1], `${block}_sepconv2`);
  y = layers.MaxPooling2D([3, 3], { strides: [2, 2], padding: "same", name: `${block}_pool` })(y);
  return layers.add([y, residual]);
}

/**
 * Xception: separable convolutions with ways round them, for pictures of 299×299 (at least 71×71).
 *
 * Pictures go through `xception.preprocessInput` first.
 *
 * Source: `keras.applications.Xception`; Chollet, 2016 (arXiv:1610.02357).
 */
export const Xception = application({
  title: "Xception",
  name: () => "xception",
  size: 299,
  minSize: 71,
  build(input: KerasTensor, settings: Settings) {
    let x = layers.Conv2D(32, [3, 3], { strides: [2, 2], useBias: false, name: "block1_conv1" })(input);
    x = relu(normalize(x, "block1_conv1_bn"), "block1_conv1_act");
    x = layers.Conv2D(64, [3, 3], { useBias: false, name: "block1_conv2" })(x);
    x = relu(normalize(x, "block1_conv2_bn"), "block1_conv2_act");
    x = halving(x, [128, 128], "block2", false);
    x = halving(x, [256, 256], "block3", true);
    x = halving(x, [728, 728], "block4", true);
    for (let i = 5; i <= 12; i++) {
      let y = x;
      for (let j = 1; j <= 3; j++) y = separable(relu(y, `block${i}_sepconv${j}_act`), 728, `block${i}_sepconv${j}`);
      x = layers.add([y, x]);
    }
    x = halving(x, [728, 1024], "block13", true);
    for (const [j, filters] of [1536, 2048].entries()) {
      x = relu(separable(x, filters, `block14_sepconv${j + 1}`), `block14_sepconv${j + 1}_act`);
    }
    return head(x, settings, { topPool: "avg_pool" });
  },
  pretrained({ includeTop }) {
    const file = `xception_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
    const origin = `https://storage.googleapis.com/tensorflow/keras-applications/xception/${file}`;
    return { file, origin, hash: includeTop ? "0a58e3b7378bc2990ea3b43d5981f1f6" : "b0042744bf5b25fce3cb969f33bebb97" };
  },
});
