import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { type Application, application, type Settings } from "./application.js";
import { channelAxis, head } from "./blocks.js";

/** The md5 of Keras's files of weights, with the top and without. */
type Hashes = readonly [top: string, noTop: string];

const normalize = (x: KerasTensor, name: string): KerasTensor =>
  layers.BatchNormalization({ axis: channelAxis(), epsilon: 1.001e-5, name })(x);
const relu = (x: KerasTensor, name: string): KerasTensor => layers.Activation("relu", { name })(x);

/** Three convolutions and a way round them, which a convolution adapts at the beginning of a stack. */
function residualV1(x: KerasTensor, filters: number, stride: number, adapts: boolean, name: string): KerasTensor {
  let shortcut = x;
  if (adapts) {
    shortcut = layers.Conv2D(4 * filters, 1, { strides: stride, name: `${name}_0_conv` })(x);
    shortcut = normalize(shortcut, `${name}_0_bn`);
  }
  let y = layers.Conv2D(filters, 1, { strides: stride, name: `${name}_1_conv` })(x);
  y = relu(normalize(y, `${name}_1_bn`), `${name}_1_relu`);
  y = layers.Conv2D(filters, 3, { padding: "same", name: `${name}_2_conv` })(y);
  y = relu(normalize(y, `${name}_2_bn`), `${name}_2_relu`);
  y = normalize(layers.Conv2D(4 * filters, 1, { name: `${name}_3_conv` })(y), `${name}_3_bn`);
  return relu(layers.Add({ name: `${name}_add` })([shortcut, y]), `${name}_out`);
}

/** The same with normalisation and activation before each convolution. */
function residualV2(x: KerasTensor, filters: number, stride: number, adapts: boolean, name: string): KerasTensor {
  const before = relu(normalize(x, `${name}_preact_bn`), `${name}_preact_relu`);
  let shortcut = x;
  if (adapts) shortcut = layers.Conv2D(4 * filters, 1, { strides: stride, name: `${name}_0_conv` })(before);
  else if (stride > 1) shortcut = layers.MaxPooling2D(1, { strides: stride })(x);
  let y = layers.Conv2D(filters, 1, { strides: 1, useBias: false, name: `${name}_1_conv` })(before);
  y = relu(normalize(y, `${name}_1_bn`), `${name}_1_relu`);
  y = layers.ZeroPadding2D(1, { name: `${name}_2_pad` })(y);
  y = layers.Conv2D(filters, 3, { strides: stride, useBias: false, name: `${name}_2_conv` })(y);
  y = relu(normalize(y, `${name}_2_bn`), `${name}_2_relu`);
  y = layers.Conv2D(4 * filters, 1, { name: `${name}_3_conv` })(y);
  return layers.Add({ name: `${name}_out` })([shortcut, y]);
}

/** Stacks of blocks: the first version steps in the first block of a stack (but the first stack's), the second in the last (but the last's). */
function stacks(input: KerasTensor, counts: readonly number[], version: 1 | 2): KerasTensor {
  let x = input;
  for (const [i, blocks] of counts.entries()) {
    const filters = 64 * 2 ** i;
    for (let j = 1; j <= blocks; j++) {
      const name = `conv${i + 2}_block${j}`;
      const steps = version === 1 ? j === 1 && i > 0 : j === blocks && i < counts.length - 1;
      x = (version === 1 ? residualV1 : residualV2)(x, filters, steps ? 2 : 1, j === 1, name);
    }
  }
  return x;
}

function resnet(title: string, counts: readonly number[], version: 1 | 2, hashes: Hashes): Application {
  const name = title.toLowerCase();
  return application({
    title,
    name: () => name,
    size: 224,
    minSize: 32,
    build(input: KerasTensor, settings: Settings) {
      let x = layers.ZeroPadding2D(3, { name: "conv1_pad" })(input);
      x = layers.Conv2D(64, 7, { strides: 2, name: "conv1_conv" })(x);
      if (version === 1) x = relu(normalize(x, "conv1_bn"), "conv1_relu");
      x = layers.ZeroPadding2D(1, { name: "pool1_pad" })(x);
      x = layers.MaxPooling2D(3, { strides: 2, name: "pool1_pool" })(x);
      x = stacks(x, counts, version);
      if (version === 2) x = relu(normalize(x, "post_bn"), "post_relu");
      return head(x, settings, { topPool: "avg_pool", namedPools: true });
    },
    pretrained({ includeTop }) {
      const file = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/resnet/${file}`;
      return { file, origin, hash: hashes[includeTop ? 0 : 1] };
    },
  });
}

/**
 * ResNet50: residual blocks in stacks of 3, 4, 6 and 3, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `resnet.preprocessInput` first.
 *
 * Source: `keras.applications.ResNet50`; He et al., 2015 (arXiv:1512.03385).
 */
export const ResNet50 = resnet("ResNet50", [3, 4, 6, 3], 1, [
  "2cb95161c43110f7111970584f804107",
  "4d473c1dd8becc155b73f8504c6f6626",
]);

/** ResNet101: stacks of 3, 4, 23 and 3 blocks, otherwise as {@link ResNet50}. Source: `keras.applications.ResNet101`. */
export const ResNet101 = resnet("ResNet101", [3, 4, 23, 3], 1, [
  "f1aeb4b969a6efcfb50fad2f0c20cfc5",
  "88cf7a10940856eca736dc7b7e228a21",
]);

/** ResNet152: stacks of 3, 8, 36 and 3 blocks, otherwise as {@link ResNet50}. Source: `keras.applications.ResNet152`. */
export const ResNet152 = resnet("ResNet152", [3, 8, 36, 3], 1, [
  "100835be76be38e30d865e96f2aaae62",
  "ee4c566cf9a93f14d82f913c2dc6dd0c",
]);

/**
 * ResNet50V2: as {@link ResNet50}, with normalisation and activation before the convolutions.
 *
 * Pictures go through `resnetV2.preprocessInput` first.
 *
 * Source: `keras.applications.ResNet50V2`; He et al., 2016 (arXiv:1603.05027).
 */
export const ResNet50V2 = resnet("ResNet50V2", [3, 4, 6, 3], 2, [
  "3ef43a0b657b3be2300d5770ece849e0",
  "fac2f116257151a9d068a22e544a4917",
]);

/** ResNet101V2: stacks of 3, 4, 23 and 3 blocks, otherwise as {@link ResNet50V2}. Source: `keras.applications.ResNet101V2`. */
export const ResNet101V2 = resnet("ResNet101V2", [3, 4, 23, 3], 2, [
  "6343647c601c52e1368623803854d971",
  "c0ed64b8031c3730f411d2eb4eea35b5",
]);

/** ResNet152V2: stacks of 3, 8, 36 and 3 blocks, otherwise as {@link ResNet50V2}. Source: `keras.applications.ResNet152V2`. */
export const ResNet152V2 = resnet("ResNet152V2", [3, 8, 36, 3], 2, [
  "a49b44d1979771252814e80f8ec446f9",
  "ed17cf2e0169df9d443503ef94b23b33",
]);
