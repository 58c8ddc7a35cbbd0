import type { ExecutionContext } from "ava";
import * as keras from "kerosene";

/** ((7 n + k) mod 11 - 5) / 10 for the n-th element: what weights and data are in the runs of Keras that tests here compare with. */
export function values(given: keras.Shape, k = 0): keras.Tensor {
  const shape = given as readonly number[];
  const size = shape.reduce((total, d) => total * d, 1);
  return keras.tensor(
    Float32Array.from({ length: size }, (_, n) => (((n * 7 + k) % 11) - 5) / 10),
    { shape },
  );
}

/** Sets the i-th weight to `values(shape, i)`. */
export function setValues(layer: keras.layers.Layer): void {
  layer.setWeights(layer.weights.map(({ shape }, i) => values(shape, i)));
}

export const numbers = (x: keras.Tensor): number[] => [...x.dataSync()].map(Number);

/** Whether a tensor has these elements, which Keras printed with six digits. */
export function near(
  t: ExecutionContext,
  got: keras.Tensor,
  want: readonly number[],
  what: string,
  tolerance = 2e-6,
): void {
  const found = numbers(got);
  t.is(found.length, want.length, what);
  for (const [i, value] of want.entries())
    t.true(Math.abs(found[i]! - value) <= tolerance, `${what} ${i}: ${found[i]}`);
}
