import { asTensor } from "../engine/file-array.js";
import type { Tensor } from "../engine/tensor.js";
import { fromNative } from "../errors.js";
import { native } from "../native.js";

/**
 * The arrays of a NumPy archive (`np.savez`, `np.savez_compressed`) by name.
 *
 * @example const { x, y } = await keras.data.readNpz("data.npz");
 * @throws ValueError for a broken archive, and for arrays of objects, which would have to be run to be read.
 */
export async function readNpz(path: string): Promise<Record<string, Tensor>> {
  const arrays = await native()
    .readNpz(path)
    .catch((error: unknown) => {
      throw fromNative(error, `readNpz: ${path}`);
    });
  return Object.fromEntries(arrays.map((array) => [array.name, asTensor(array, `readNpz: ${path}: ${array.name}`)]));
}
