import { dirname, join } from "node:path";
import { readIdxFolder } from "./idx-folder.js";
import { locate, ORIGIN } from "./locate.js";
import type { Splits } from "./splits.js";

const WHO = "fashionMnist.loadData";
const FILES = [
  "train-labels-idx1-ubyte",
  "train-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
];

/**
 * Fashion-MNIST: 60,000 grey pictures of 28×28 to train on, 10,000 to test on, of ten kinds of clothes: T-shirt/top, trouser, pullover,
 * dress, coat, sandal, shirt, sneaker, bag, ankle boot.
 *
 * @param path A folder of the four IDX files, plain or `.gz`. Default: Keras's own cache, `$KERAS_HOME/datasets/fashion-mnist`, into which
 *   they are downloaded.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: uint8 tensors of shapes (60000, 28, 28), (60000,), (10000, 28, 28), (10000,).
 * @throws ValueError for a folder that lacks a file; KeroseneError when the files are broken or cannot be downloaded.
 * Source: `keras.datasets.fashion_mnist.load_data`. The data is Zalando SE's, under the MIT licence.
 */
export async function loadData(path?: string | null): Promise<Splits> {
  if (path != null) return readIdxFolder(path, WHO);
  let folder = "";
  for (const stem of FILES) {
    const name = `${stem}.gz`;
    const cacheSubdir = join("datasets", "fashion-mnist");
    folder = dirname(await cached(name, cacheSubdir));
  }
  return readIdxFolder(folder, WHO);
}

const cached = (name: string, cacheSubdir: string): Promise<string> =>
  locate(name, { who: WHO, origin: `${ORIGIN}${name}`, fileHash: null, cacheSubdir });
