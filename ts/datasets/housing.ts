import { gather } from "../data/elements.js";
import { asTensor } from "../engine/file-array.js";
import { numpyShuffle } from "../engine/mersenne-twister.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { readArrays } from "./npz-arrays.js";
import type { Splits } from "./splits.js";

/** How a table of houses is divided. */
export interface HousingOptions {
  /** The part for testing, in [0, 1). Default 0.2. */
  testSplit?: number;
  /** The order depends on it, in Keras as here. Default 113. */
  seed?: number;
}

/** @throws ValueError unless `testSplit` is in [0, 1). */
export function checkSplit(who: string, { testSplit = 0.2 }: HousingOptions): void {
  if (typeof testSplit === "number" && testSplit >= 0 && testSplit < 1) return;
  throw new ValueError(
    `${who}: invalid \`testSplit\` argument: ${testSplit}. It must be between 0 and 1 (exclusive of 1).`,
  );
}

/** Rows and prices of an `.npz` with `x` and `y`, shuffled and divided. @param most Only so many of the first rows. */
export async function readHousing(
  path: string,
  who: string,
  options: HousingOptions,
  most = Infinity,
): Promise<Splits> {
  const { testSplit = 0.2, seed = 113 } = options;
  const arrays = await readArrays(path, ["x", "y"], who);
  const [x, y] = [asTensor(arrays.x, who), asTensor(arrays.y, who)];
  if (x.ndim !== 2 || y.ndim !== 1 || x.shape[0] !== y.shape[0]) {
    throw new ValueError(
      `${who}: ${path}: expected x (n, features) and y (n,), got (${x.shape.join(", ")}) and (${y.shape.join(", ")}).`,
    );
  }
  const order = Int32Array.from({ length: Math.min(most, x.shape[0] as number) }, (_, i) => i);
  numpyShuffle(order, seed);
  const split = Math.trunc(order.length * (1 - testSplit));
  const rows = (indices: Int32Array): [Tensor, Tensor] => [gather(x, indices) as Tensor, gather(y, indices) as Tensor];
  return [rows(order.subarray(0, split)), rows(order.subarray(split))];
}
