import type { KerasTensor } from "../engine/keras-tensor.js";
import * as layers from "../layers/index.js";
import { type Application, application, type Settings } from "./application.js";
import { pooled } from "./blocks.js";

/** A network of blocks of 3×3 convolutions, each block ending in a pooling. */
function vgg(
  title: string,
  blocks: readonly [convolutions: number, filters: number][],
  hashes: { top: string; noTop: string },
): Application {
  const name = title.toLowerCase();
  return application({
    title,
    name: () => name,
    size: 224,
    minSize: 32,
    build(input: KerasTensor, settings: Settings) {
      let x = input;
      for (const [i, [convolutions, filters]] of blocks.entries()) {
        const block = `block${i + 1}`;
        for (let j = 1; j <= convolutions; j++) {
          const options = { activation: "relu", padding: "same", name: `${block}_conv${j}` } as const;
          x = layers.Conv2D(filters, [3, 3], options)(x);
        }
        x = layers.MaxPooling2D([2, 2], { strides: [2, 2], name: `${block}_pool` })(x);
      }
      if (!settings.includeTop) return pooled(x, settings);
      x = layers.Flatten({ name: "flatten" })(x);
      for (const fc of ["fc1", "fc2"]) x = layers.Dense(4096, { activation: "relu", name: fc })(x);
      return layers.Dense(settings.classes, { activation: settings.classifierActivation, name: "predictions" })(x);
    },
    pretrained({ includeTop }) {
      const file = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`;
      const origin = `https://storage.googleapis.com/tensorflow/keras-applications/${name}/${file}`;
      return { file, origin, hash: includeTop ? hashes.top : hashes.noTop };
    },
  });
}

/**
 * VGG16: 13 convolutions and 3 dense layers, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `vgg16.preprocessInput` first.
 *
 * @example const model = keras.applications.VGG16({ weights: null })
 * Source: `keras.applications.VGG16`; Simonyan and Zisserman, 2014 (arXiv:1409.1556).
 */
export const VGG16 = vgg(
  "VGG16",
  [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ],
  { top: "64373286793e3c8b2b4e3219cbf3544b", noTop: "6d6bbae143d832006294945121d1f1fc" },
);

/**
 * VGG19: 16 convolutions and 3 dense layers, for pictures of 224×224 (at least 32×32).
 *
 * Pictures go through `vgg19.preprocessInput` first.
 *
 * Source: `keras.applications.VGG19`; Simonyan and Zisserman, 2014 (arXiv:1409.1556).
 */
export const VGG19 = vgg(
  "VGG19",
  [
    [2, 64],
    [2, 128],
    [4, 256],
    [4, 512],
    [4, 512],
  ],
  { top: "cbe5617147190e668d6c5d5026f83318", noTop: "253f8cb515780f3b799900260a226db6" },
);
