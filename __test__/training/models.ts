import * as keras from "kerosene";
import * as layers from "#kerosene/layers/index.js";
import * as losses from "#kerosene/losses/index.js";
import { Input, Model } from "#kerosene/models/index.js";
import type { CompileOptions } from "#kerosene/training/options.js";

export { Input, layers, losses, Model };

/** Numbers in [0, 1) that are the same in every run. */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

export const floats = (shape: number[], seed = 1) =>
  keras.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape },
  );

/** Class indices. */
export const labels = (count: number, classes: number, seed = 7) =>
  keras.tensor(Int32Array.from(numbers(count, seed), (value) => Math.floor(value * classes)));

/** A classifier of 8 numbers into 3 classes. */
export function classifier(options: CompileOptions = {}) {
  const inputs = Input({ shape: [8], name: "img" });
  const hidden = layers.Dense(16, { activation: "relu" })(inputs);
  const model = Model(inputs, layers.Dense(3, { activation: "softmax", name: "digits" })(hidden), { name: "mlp" });
  model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"], ...options });
  return model;
}

/** Two inputs, two outputs. */
export function pair(options: CompileOptions | null = {}) {
  const a = Input({ shape: [3], name: "a" });
  const b = Input({ shape: [4], name: "b" });
  const both = layers.Concatenate()([a, b]);
  const model = Model([a, b], [layers.Dense(1, { name: "p" })(both), layers.Dense(2, { name: "q" })(both)], {
    name: "pair",
  });
  if (options) model.compile({ optimizer: "sgd", loss: ["mse", "mse"], ...options });
  return model;
}
