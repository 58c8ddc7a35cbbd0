import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { printMessage } from "../engine/messages.js";
import { ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import type { Logs } from "./callback.js";
import { FormatFields } from "./format-fields.js";
import { MonitorCallback, type MonitorOptions } from "./monitor-callback.js";
import { formatFixed } from "./number-format.js";
import { BatchCounter, checkSaveFreq, type SaveFreq } from "./save-freq.js";

export interface ModelCheckpointOptions extends Omit<MonitorOptions, "minDelta"> {
  /** 1 prints what is saved where. Default 0. */
  verbose?: number;
  /** Whether to save only when the value is the best so far. Default `false`. */
  saveBestOnly?: boolean;
  /** Whether to save only the weights. Default `false`. */
  saveWeightsOnly?: boolean;
  /** Default `"epoch"`; with a number batches are run one by one. */
  saveFreq?: SaveFreq;
  /** What the first value that is saved must improve on. Default `null`. */
  initialValueThreshold?: number | null;
}

/**
 * Saves the model, or its weights, at some frequency. The file is never there in part, even if the process is killed.
 *
 * @example callbacks.ModelCheckpoint("best_{epoch:02d}_{val_loss:.2f}.keras", { saveBestOnly: true })
 *
 * Source: `keras.callbacks.ModelCheckpoint`.
 */
export class ModelCheckpoint extends MonitorCallback {
  readonly filepath: string;
  readonly verbose: number;
  readonly saveBestOnly: boolean;
  readonly saveWeightsOnly: boolean;
  readonly saveFreq: SaveFreq;
  readonly #fields: FormatFields;
  #epoch = 0;

  /**
   * @param filepath Ends in `.keras`, or with `saveWeightsOnly` in `.weights.h5`. May hold `epoch` (from 1), `batch` (from 1) and logs in
   * Python's notation: `{epoch:02d}`, `{val_loss:.2f}`.
   * @throws ValueError for another ending.
   */
  constructor(filepath: string | URL, options: ModelCheckpointOptions = {}) {
    super(options, options.initialValueThreshold ?? null);
    this.filepath = filepath instanceof URL ? fileURLToPath(filepath) : filepath;
    this.verbose = options.verbose ?? 0;
    this.saveBestOnly = options.saveBestOnly ?? false;
    this.saveWeightsOnly = options.saveWeightsOnly ?? false;
    this.saveFreq = checkSaveFreq("ModelCheckpoint", options.saveFreq ?? "epoch");
    const ending = this.saveWeightsOnly ? ".weights.h5" : ".keras";
    if (!this.filepath.endsWith(ending)) {
      throw new ValueError(
        `ModelCheckpoint: the filepath must end in \`${ending}\`${this.saveWeightsOnly ? " with `saveWeightsOnly`" : ""}. ` +
          `Received: filepath=${this.filepath}`,
      );
    }
    this.#fields = new FormatFields(this.filepath);
    // only where it is needed: a batch hook lets batches run one by one
    if (this.saveFreq !== "epoch") {
      const counter = new BatchCounter(this.saveFreq);
      this.onTrainBatchEnd = async (batch, logs = {}) => {
        if (!counter.isDue(batch)) return;
        await this.#save(this.#fields.format({ epoch: this.#epoch + 1, batch: batch + 1 }, logs), logs);
      };
    }
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    this.#epoch = epoch;
    if (this.saveFreq === "epoch") await this.#save(this.#fields.format({ epoch: epoch + 1 }, logs), logs);
  }

  async #save(path: string, logs: Logs): Promise<void> {
    if (!this.#isDue(path, logs)) return;
    const isDirectory = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isDirectory) {
      throw new ValueError(`ModelCheckpoint: expected the path of a file. It is an existing directory: ${path}`);
    }
    await mkdir(dirname(path), { recursive: true });
    const model = this.model as unknown as Model;
    await (this.saveWeightsOnly ? model.saveWeights(path) : model.save(path));
    this.#say(`finished saving model to ${path}`);
  }

  #isDue(path: string, logs: Logs): boolean {
    if (!this.saveBestOnly) {
      this.#say(`saving model to ${path}`);
      return true;
    }
    if (Array.isArray(logs[this.monitor])) {
      process.emitWarning(`Can save best model only when \`monitor\` is one number. ${this.monitor} has several.`);
      return true;
    }
    const value = this.valueIn(logs);
    if (value === undefined) {
      process.emitWarning(`Can save best model only with ${this.monitor} available.`);
      return true;
    }
    const best = this.best === null ? "None" : formatFixed(this.best, 5);
    if (!this.isImprovement(value, this.best)) {
      this.#say(`${this.monitor} did not improve from ${best}`);
      return false;
    }
    this.#say(`${this.monitor} improved from ${best} to ${formatFixed(value, 5)}, saving model to ${path}`);
    this.best = value;
    return true;
  }

  #say(what: string): void {
    if (this.verbose > 0) printMessage(`\nEpoch ${this.#epoch + 1}: ${what}`);
  }
}
