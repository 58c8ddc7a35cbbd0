import { ValueError } from "../errors.js";
import { type Cifar, readCifar } from "./cifar.js";
import type { Splits } from "./splits.js";

const CIFAR100: Omit<Cifar, "labels"> = {
  who: "cifar100.loadData",
  origin: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
  fileHash: "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
  cacheName: "cifar-100-python-target",
  inner: "cifar-100-python",
  train: ["train"],
  test: "test",
};

/** Options of {@link loadData}. */
export interface Cifar100Options {
  /** A copy of `cifar-100-python.tar.gz`, or the folder it unpacks to. Default: Keras's own cache. */
  path?: string | null;
}

/**
 * CIFAR-100: 50,000 colour pictures of 32×32 to train on, 10,000 to test on, of 100 kinds in 20 groups.
 *
 * @param labelMode `"fine"`: the 100 kinds; `"coarse"`: the 20 groups. Default `"fine"`.
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: uint8 tensors of shapes (50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1);
 *   the channels come first where `keras.config.imageDataFormat()` says so.
 * @throws ValueError for an unknown `labelMode` and files that are missing or hold anything else; KeroseneError when they cannot be downloaded.
 * Source: `keras.datasets.cifar100.load_data`.
 */
export async function loadData(labelMode: "fine" | "coarse" = "fine", options: Cifar100Options = {}): Promise<Splits> {
  if (labelMode !== "fine" && labelMode !== "coarse") {
    throw new ValueError(
      `cifar100.loadData: \`labelMode\` must be one of "fine", "coarse". Received: labelMode=${String(labelMode)}.`,
    );
  }
  return readCifar(options.path, { ...CIFAR100, labels: `${labelMode}_labels` });
}
