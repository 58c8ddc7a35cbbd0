import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { type Application, application, type Settings } from "./application.js";
import { channelAxis, channelsOf, head } from "./blocks.js";

/** Normalisation and ReLU. */
function activate(x: KerasTensor, bn: string, relu: string): KerasTensor {
  const y = layers.BatchNormalization({ axis: channelAxis(), epsilon: 1.001e-5, name: bn })(x);
  return layers.Activation("relu", { name: relu })(y);
}

/** Adds 32 features to those there are. */
function grow(x: KerasTensor, name: string): KerasTensor {
  let y = activate(x, `${name}_0_bn`, `${name}_0_relu`);
  y = layers.Conv2D(128, 1, { useBias: false, name: `${name}_1_conv` })(y);
  y = activate(y, `${name}_1_bn`, `${name}_1_relu`);
  y = layers.Conv2D(32, 3, { padding: "same", useBias: false, name: `${name}_2_conv` })(y);
  return layers.Concatenate({ axis: channelAxis(), name: `${name}_concat` })([x, y]);
}

/** Halves the features, the height and the width. */
function shrink(x: KerasTensor, name: string): KerasTensor {
  let y = activate(x, `${name}_bn`, `${name}_relu`);
  y = layers.Conv2D(Math.trunc(channelsOf(y) * 0.5), 1, { useBias: false, name: `${name}_conv` })(y);
  return layers.AveragePooling2D(2, { strides: 2, name: `${name}_pool` })(y);
}

function densenet(
  title: string,
  blocks: readonly number[],
  hashes: readonly [top: string, noTop: string],
): Application {
  const name = title.toLowerCase();
  return application({
    title,
    name: () => name,
    size: 224,
    minSize: 32,
    channelsLast: true,
    build(input: KerasTensor, settings: Settings) {
      let x = layers.ZeroPadding2D(3)(input);
      x = layers.Conv2D(64, 7, { strides: 2, useBias: false, name: "conv1_conv" })(x);
      x = activate(x, "conv1_bn", "conv1_relu");
      x = layers.MaxPooling2D(3, { strides: 2, name: "pool1" })(layers.ZeroPadding2D(1)(x));
      for (const [i, count] of blocks.entries()) {
        if (i > 0) x = shrink(x, `pool${i + 1}`);
        for (let j = 1; j <= count; j++) x = grow(x, `conv${i + 2}_block${j}`);
      }
      return head(activate(x, "bn", "relu"), settings, { topPool: "avg_pool", namedPools: true });
    },
    pretrained({ includeTop }) {
      const file = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/densenet/${file}`;
      return { file, origin, hash: hashes[includeTop ? 0 : 1] };
    },
  });
}

/**
 * DenseNet121: each layer sees the features of all before it in its block, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `densenet.preprocessInput` first.
 *
 * Source: `keras.applications.DenseNet121`; Huang et al., 2016 (arXiv:1608.06993).
 */
export const DenseNet121 = densenet(
  "DenseNet121",
  [6, 12, 24, 16],
  ["9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"],
);
/** As {@link DenseNet121}, with blocks of 6, 12, 32 and 32 layers. Source: `keras.applications.DenseNet169`. */
export const DenseNet169 = densenet(
  "DenseNet169",
  [6, 12, 32, 32],
  ["d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"],
);
/** As {@link DenseNet121}, with blocks of 6, 12, 48 and 32 layers. Source: `keras.applications.DenseNet201`. */
export const DenseNet201 = densenet(
  "DenseNet201",
  [6, 12, 48, 32],
  ["1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"],
);
