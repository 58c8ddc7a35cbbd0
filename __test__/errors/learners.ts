import * as keras from "kerosene";
import { layers, type Tensor } from "kerosene";

export type Learner = keras.Model;

/** The name under which the layers of the cases complain. */
export const named = { name: "layer" };

export const floats = (shape: number[]): Tensor => keras.ops.zeros(shape);

/** A dense layer of four units, built for inputs of a size. */
export function dense(size: number): ReturnType<typeof layers.Dense> {
  const layer = layers.Dense(4, { name: "dense" });
  layer.build([null, size]);
  return layer;
}

/** Eight numbers in, four out. */
export const learner = (): Learner => keras.Sequential([keras.Input([8]), layers.Dense(4)]) as never;

export function compiled(loss: string): Learner {
  const model = learner();
  model.compile({ optimizer: "sgd", loss });
  return model;
}

/** Inputs a and b, outputs p and q. */
export function two(loss: unknown, options: object = {}): Learner {
  const [a, b] = [keras.Input({ shape: [3], name: "a" }), keras.Input({ shape: [4], name: "b" })];
  const x = layers.concatenate([a, b]);
  const model = keras.Model([a, b], [layers.Dense(1, { name: "p" })(x), layers.Dense(2, { name: "q" })(x)]);
  model.compile({ optimizer: "sgd", loss: loss as never, ...options });
  return model;
}
