import { type Cifar, readCifar } from "./cifar.js";
import type { Splits } from "./splits.js";

const CIFAR10: Cifar = {
  who: "cifar10.loadData",
  origin: "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
  fileHash: "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
  cacheName: "cifar-10-batches-py-target",
  inner: "cifar-10-batches-py",
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`),
  test: "test_batch",
  labels: "labels",
};

/**
 * CIFAR-10: 50,000 colour pictures of 32×32 to train on, 10,000 to test on, of ten kinds: airplane, automobile, bird, cat, deer, dog, frog,
 * horse, ship, truck.
 *
 * @param path A copy of `cifar-10-python.tar.gz`, or the folder it unpacks to. Default: Keras's own cache,
 *   `$KERAS_HOME/datasets/cifar-10-batches-py-target`, into which it is downloaded and unpacked.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: uint8 tensors of shapes (50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1);
 *   the channels come first where `keras.config.imageDataFormat()` says so.
 * @throws ValueError for files that are missing or hold anything else; KeroseneError when they cannot be downloaded.
 * Source: `keras.datasets.cifar10.load_data`.
 */
export function loadData(path?: string | null): Promise<Splits> {
  return readCifar(path, CIFAR10);
}
