import type { FileArray } from "../engine/file-array.js";
import { fromNative, ValueError } from "../errors.js";
import { native } from "../native.js";

/**
 * Some arrays of a NumPy archive, by name.
 *
 * @param who As it appears in errors.
 * @throws ValueError for a broken archive, or one that lacks an array.
 */
export async function readArrays<Name extends string>(
  path: string,
  names: readonly Name[],
  who: string,
): Promise<Record<Name, FileArray>> {
  const arrays = await native()
    .readNpz(path)
    .catch((error: unknown) => {
      throw fromNative(error, `${who}: expected NumPy's ${names.join(", ")} in an .npz, as Keras downloads it.`);
    });
  const found: Partial<Record<Name, FileArray>> = {};
  for (const name of names) found[name] = arrays.find((array) => array.name === name);
  if (names.every((name) => found[name] !== undefined)) return found as Record<Name, FileArray>;
  const there = arrays.map((array) => array.name).join(", ");
  throw new ValueError(`${who}: ${path} holds ${there || "nothing"}, expected ${names.join(", ")}.`);
}
