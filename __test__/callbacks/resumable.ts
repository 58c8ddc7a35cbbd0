import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import * as keras from "kerosene";
import type { ModelWriter } from "#kerosene/saving/formats.js";

/** These tests look at when files are written: they hold weights and optimizer as JSON. */
const values = (variables: readonly keras.Variable[]) => variables.map((variable) => variable.tolist());
export const writeJson: ModelWriter = (model, path) => {
  const { weights, optimizer } = model as unknown as keras.Model;
  return writeFile(path, JSON.stringify({ weights: values(weights), optimizer: values(optimizer.variables) }));
};

/** A model that reads what the writer above wrote. */
export class Resumable extends keras.Model {
  readonly dense = keras.layers.Dense(1, { useBias: false });
  constructor() {
    super();
    this.compile({ optimizer: keras.optimizers.SGD(0.1, { momentum: 0.9 }), loss: "mse" });
    this.build([null, 1]);
    this.setWeights([keras.ops.full([1, 1], 3)]);
  }
  override call(x: keras.Tensor) {
    return this.dense(x);
  }
  override async loadWeights(path: string): Promise<void> {
    const { weights, optimizer } = JSON.parse(readFileSync(path, "utf8"));
    this.setWeights(weights);
    this.optimizer.setWeights(optimizer);
  }
}

/** How it is trained. */
export const settings = { epochs: 5, batchSize: 2, verbose: 0, shuffle: false } as const;
