import { readFileSync } from "node:fs";
import * as keras from "kerosene";
import { dataFile } from "./folder.js";

/** So many of CIFAR-10's pictures `(count, 32, 32, 3)` in [0, 1] to train on, all 10,000 to test on, and their labels. */
export async function cifar10(count = 50_000) {
  const labels = (name: string) => JSON.parse(readFileSync(dataFile("cifar10", name), "utf8")) as number[];
  const files = [1, 2, 3, 4, 5].slice(0, Math.ceil(count / 10_000)).map((batch) => `data_batch_${batch}.png`);
  const parts: keras.Tensor[] = [];
  for (const file of files) parts.push(await pictures(file));
  return {
    xTrain: keras.ops.concatenate(parts).at(`:${count}`),
    yTrain: keras.tensor(labels("train_lables.json").slice(0, count)), // that is how the package spells it
    xTest: await pictures("test_batch.png"),
    yTest: keras.tensor(labels("test_lables.json")),
  };
}

/** A file is one large picture: each of its 10,000 rows holds a small one, pixel by pixel. */
async function pictures(file: string): Promise<keras.Tensor> {
  const rows = keras.utils.imgToArray(await keras.utils.loadImg(dataFile("cifar10", file)));
  return rows.reshape([-1, 32, 32, 3]).divide(255);
}
