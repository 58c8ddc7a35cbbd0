import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDict } from "../engine/nest.js";
import { NotImplementedError, ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import type { Trainer } from "../training/trainer.js";
import { Callback, type Logs } from "./callback.js";
import { EventFile } from "./event-file.js";
import { learningRates } from "./learning-rates.js";
import { histogram, images, kerasModel, scalar } from "./summary.js";
import { weightImages } from "./weight-images.js";

export interface TensorBoardOptions {
  /** Where the files go, in `train` and `validation`. Default `"logs"`. */
  logDir?: string | URL;
  /** Histograms of the weights every so many epochs; 0: none. Default 0. */
  histogramFreq?: number;
  /** Whether to write the graph of the layers (of functional and sequential models). Default `true`. */
  writeGraph?: boolean;
  /** Whether the weights come as images too, with the histograms. Default `false`. */
  writeImages?: boolean;
  /** Whether to write steps per second, of epochs and, with `updateFreq`, of batches. Default `false`. */
  writeStepsPerSecond?: boolean;
  /** `"epoch"`, or also after every so many batches (`"batch"`: each); then batches are run one by one. Default `"epoch"`. */
  updateFreq?: "epoch" | "batch" | number;
  /** Profiling is not supported. Only 0. */
  profileBatch?: number;
  /** Embeddings for the projector are not supported: it reads checkpoints of TensorFlow. Only 0. */
  embeddingsFreq?: number;
  embeddingsMetadata?: null;
}

/**
 * Writes what TensorBoard shows: logs of epochs (`epoch_loss`, `epoch_learning_rate`…) and batches (`batch_loss`…), those of evaluation by
 * iteration (`evaluation_loss_vs_iterations`), histograms and images of weights, the graph of the layers. Look at it by
 * `tensorboard --logdir=logs`.
 *
 * @example callbacks.TensorBoard("logs/run1", { histogramFreq: 1 })
 *
 * Source: `keras.callbacks.TensorBoard`.
 */
export class TensorBoard extends Callback {
  readonly logDir: string;
  readonly histogramFreq: number;
  readonly writeGraph: boolean;
  readonly writeImages: boolean;
  readonly writeStepsPerSecond: boolean;
  readonly updateFreq: "epoch" | number;
  #train!: EventFile;
  #validation!: EventFile;
  #trainBatches = 0;
  #batchStart = 0;
  #epochStart = 0;
  #iterationsBefore = 0;

  /**
   * @param logDir Where the files go; or all options.
   * @throws NotImplementedError for profiling and embeddings; ValueError for a frequency that is none.
   */
  constructor(logDir?: string | URL | TensorBoardOptions, options: TensorBoardOptions = {}) {
    super();
    const first: TensorBoardOptions = isDict(logDir) ? logDir : logDir === undefined ? {} : { logDir };
    const given = { ...options, ...first };
    const { logDir: path = "logs", updateFreq = "epoch", histogramFreq = 0 } = given;
    for (const name of ["profileBatch", "embeddingsFreq"] as const) {
      if (given[name])
        throw new NotImplementedError(`TensorBoard: \`${name}\` is not supported. Received: ${given[name]}`);
    }
    this.logDir = path instanceof URL ? fileURLToPath(path) : path;
    this.histogramFreq = checkFrequency("histogramFreq", histogramFreq, 0);
    this.writeGraph = given.writeGraph ?? true;
    this.writeImages = given.writeImages ?? false;
    this.writeStepsPerSecond = given.writeStepsPerSecond ?? false;
    this.updateFreq =
      updateFreq === "epoch" ? updateFreq : checkFrequency("updateFreq", updateFreq === "batch" ? 1 : updateFreq, 1);
    if (this.updateFreq !== "epoch") {
      // only where they are needed: batch hooks let batches run one by one
      this.onTrainBatchBegin = () => {
        this.#batchStart = performance.now();
      };
      this.onTrainBatchEnd = (_batch, logs) => this.#afterBatch(logs);
    }
  }

  /** Begins new files, the graph of the layers first. */
  override setModel(model: Trainer): void {
    super.setModel(model);
    this.#train = new EventFile(join(this.logDir, "train"));
    this.#validation = new EventFile(join(this.logDir, "validation"));
    if (!this.writeGraph || !["Functional", "Sequential"].includes(model.className)) return;
    try {
      this.#train.add(0, [kerasModel("keras", (model as unknown as Model).toJson())]);
    } catch (error) {
      process.emitWarning(`TensorBoard: the model has no JSON, so there is no graph. ${(error as Error).message}`);
    }
  }

  async #flush(): Promise<void> {
    await this.#train.flush();
    await this.#validation.flush();
  }

  get #iterations(): number {
    return this.model.optimizer.iterations.item();
  }

  override onTrainBegin(): Promise<void> {
    this.#trainBatches = 0;
    return this.#flush();
  }

  override onTrainEnd(): Promise<void> {
    return this.#flush();
  }

  async #afterBatch(logs: Logs = {}): Promise<void> {
    const step = ++this.#trainBatches;
    if (step % (this.updateFreq as number) !== 0) return;
    const values = numbersIn(logs).map(([name, value]) => scalar(`batch_${name}`, value));
    if (this.writeStepsPerSecond) {
      values.unshift(scalar("batch_steps_per_second", 1000 / (performance.now() - this.#batchStart)));
    }
    this.#train.add(step, values);
    if (this.#train.full) await this.#train.flush();
  }

  override onTestEnd(logs: Logs = {}): Promise<void> {
    const values = numbersIn(logs).map(([name, value]) => scalar(`evaluation_${name}_vs_iterations`, value));
    this.#validation.add(this.#iterations, values);
    return this.#flush();
  }

  override onEpochBegin(): void {
    if (!this.writeStepsPerSecond) return;
    this.#iterationsBefore = this.#iterations;
    this.#epochStart = performance.now();
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const entries = numbersIn({ ...logs, ...learningRates(this.model.optimizer) });
    if (this.writeStepsPerSecond) {
      const seconds = (performance.now() - this.#epochStart) / 1000;
      entries.push(["steps_per_second", (this.#iterations - this.#iterationsBefore) / seconds]);
    }
    const ofValidation = ([name]: [string, number]) => name.startsWith("val_");
    const values = (some: [string, number][]) =>
      some.map(([name, value]) => scalar(`epoch_${name.replace(/^val_/, "")}`, value));
    this.#train.add(epoch, values(entries.filter((entry) => !ofValidation(entry))));
    this.#validation.add(epoch, values(entries.filter(ofValidation)));
    if (this.histogramFreq > 0 && epoch % this.histogramFreq === 0) this.#addWeights(epoch);
    return this.#flush();
  }

  #addWeights(epoch: number): void {
    for (const layer of (this.model as unknown as Model).layers) {
      for (const weight of layer.weights) {
        const name = weight.path.replaceAll(":", "_");
        this.#train.add(epoch, [histogram(`${name}/histogram`, weight.dataSync())]);
        const shown = this.writeImages ? weightImages(weight.value) : null;
        if (shown) this.#train.add(epoch, [images(`${name}/image`, shown.width, shown.height, shown.pngs)]);
      }
    }
  }
}

/** The logs as single numbers: those of several get numbers of their own. */
function numbersIn(logs: Logs): [string, number][] {
  return Object.entries(logs).flatMap(([name, value]: [string, number | readonly number[]]) =>
    typeof value === "number"
      ? [[name, value]]
      : value.map((one, index): [string, number] => [`${name}_${index}`, one]),
  );
}

function checkFrequency(name: string, value: unknown, least: number): number {
  if (Number.isInteger(value) && (value as number) >= least) return value as number;
  throw new ValueError(
    `TensorBoard: \`${name}\` must be a whole number of at least ${least}. Received: ${String(value)}`,
  );
}
