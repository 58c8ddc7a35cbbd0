import * as keras from "kerosene";

/** `sin(start), sin(start + 1), …` */
export const sines = (shape: readonly number[], start: number): keras.Tensor =>
  keras.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + start)),
    { shape },
  );

export const x = sines([10, 3], 0);
export const y = sines([10, 2], 5);

/** A model whose weights are the same each time. */
export function tanhModel(options: Parameters<keras.Model["compile"]>[0]): keras.Model {
  const inputs = keras.Input({ shape: [3] });
  const hidden = keras.layers.Dense(4, { activation: "tanh", name: "encoder" })(inputs);
  const model = keras.Model(inputs, keras.layers.Dense(2, { name: "decoder" })(hidden));
  model.setWeights(model.getWeights().map((w, k) => sines(w.shape as number[], 1 + k)));
  model.compile({ loss: "mse", ...options });
  return model;
}
