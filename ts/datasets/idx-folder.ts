import { existsSync } from "node:fs";
import { join } from "node:path";
import { asTensor, type FileArray } from "../engine/file-array.js";
import { fromNative, ValueError } from "../errors.js";
import { native } from "../native.js";
import type { Splits } from "./splits.js";

/**
 * Pictures and labels of the four IDX files of a folder, plain or `.gz`.
 *
 * @param who As it appears in errors.
 * @throws ValueError for files that are missing, broken or do not belong together.
 */
export async function readIdxFolder(folder: string, who: string): Promise<Splits> {
  const part = async (stem: string): Promise<FileArray> => {
    // Both spellings are in use: train-images-idx3-ubyte and train-images.idx3-ubyte.
    const names = [stem, `${stem}.gz`, stem.replace("-idx", ".idx"), `${stem.replace("-idx", ".idx")}.gz`];
    const path = names.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (path === undefined) {
      throw new ValueError(`${who}: ${folder} has no ${stem} (or ${stem}.gz). Expected MNIST's four IDX files.`);
    }
    return native()
      .readIdx(path)
      .catch((error: unknown) => {
        throw fromNative(error, `${who}: expected one of MNIST's IDX files.`);
      });
  };
  const pair = async (stem: string) =>
    pictures(await part(`${stem}-images-idx3-ubyte`), await part(`${stem}-labels-idx1-ubyte`), `${who}: ${folder}`);
  return [await pair("train"), await pair("t10k")];
}

/** Checks that pictures and labels belong together, and makes them tensors. */
export function pictures(images: FileArray, labels: FileArray, where: string): Splits[0] {
  const [count, height, width] = images.shape;
  const fits =
    images.dtype === "uint8" &&
    labels.dtype === "uint8" &&
    images.shape.length === 3 &&
    height === 28 &&
    width === 28 &&
    labels.shape.length === 1 &&
    labels.shape[0] === count;
  if (!fits) {
    const came = [images, labels].map(({ dtype, shape }) => `${dtype} (${shape.join(", ")})`).join(" and ");
    throw new ValueError(`${where}: expected uint8 (n, 28, 28) pictures and uint8 (n,) labels, got ${came}.`);
  }
  return [asTensor(images, where), asTensor(labels, where)];
}
