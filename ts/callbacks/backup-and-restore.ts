import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StateError, ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import { writeWhole } from "../saving/write-whole.js";
import { Callback } from "./callback.js";
import { BatchCounter, checkSaveFreq, type SaveFreq } from "./save-freq.js";

export interface BackupAndRestoreOptions {
  /** Default `"epoch"`; with a number batches are run one by one. */
  saveFreq?: SaveFreq;
  /** Whether the backup before the last is kept too, for the case that the last cannot be read. Default `false`. */
  doubleCheckpoint?: boolean;
  /** Whether the backup is deleted when training has ended. Default `true`. */
  deleteCheckpoint?: boolean;
}

/**
 * Lets training that was interrupted go on: saves weights and the number of the epoch in a directory, and a later `fit` with the same
 * directory begins with them. Files are never there in part, even if the process is killed.
 *
 * @example callbacks.BackupAndRestore("/tmp/backup")
 *
 * Source: `keras.callbacks.BackupAndRestore`.
 */
export class BackupAndRestore extends Callback {
  readonly backupDir: string;
  readonly saveFreq: SaveFreq;
  readonly doubleCheckpoint: boolean;
  readonly deleteCheckpoint: boolean;
  readonly #weights: string;
  readonly #metadata: string;
  #epoch = 0;

  /** @throws ValueError without a directory. */
  constructor(backupDir: string | URL, options: BackupAndRestoreOptions = {}) {
    super();
    if (!backupDir) throw new ValueError("BackupAndRestore: `backupDir` is empty. Give the path of a directory.");
    this.backupDir = backupDir instanceof URL ? fileURLToPath(backupDir) : backupDir;
    this.saveFreq = checkSaveFreq("BackupAndRestore", options.saveFreq ?? "epoch");
    this.doubleCheckpoint = options.doubleCheckpoint ?? false;
    this.deleteCheckpoint = options.deleteCheckpoint ?? true;
    this.#weights = join(this.backupDir, "latest.weights.h5");
    this.#metadata = join(this.backupDir, "training_metadata.json");
    // only where it is needed: a batch hook lets batches run one by one
    if (this.saveFreq !== "epoch") {
      const counter = new BatchCounter(this.saveFreq);
      this.onTrainBatchEnd = async (batch) => {
        if (counter.isDue(batch)) await this.#save(batch);
      };
    }
  }

  /** @throws StateError for a model without weights; whatever is wrong with a backup that cannot be read. */
  override async onTrainBegin(): Promise<void> {
    if (!this.model.built) {
      throw new StateError(
        `BackupAndRestore: model "${this.model.name}" must be built before \`fit\`, to be restored. Call it on a batch of data first.`,
      );
    }
    this.#epoch = 0;
    try {
      await this.#restore();
    } catch (error) {
      if (!existsSync(`${this.#weights}.bkp`)) throw error;
      await copyFile(`${this.#weights}.bkp`, this.#weights);
      if (existsSync(`${this.#metadata}.bkp`)) await copyFile(`${this.#metadata}.bkp`, this.#metadata);
      else await rm(this.#metadata, { force: true });
      await this.#restore();
    }
  }

  async #restore(): Promise<void> {
    const { model } = this;
    if (existsSync(this.#weights)) {
      model.optimizer.build(model.trainableVariables);
      await (model as unknown as Model).loadWeights(this.#weights);
    }
    if (!existsSync(this.#metadata)) return;
    const { epoch } = JSON.parse(await readFile(this.#metadata, "utf8")) as { epoch?: unknown };
    if (!Number.isInteger(epoch))
      throw new ValueError(`BackupAndRestore: ${this.#metadata} holds no number of an epoch.`);
    this.#epoch = epoch as number;
    model.resumedEpoch = this.#epoch;
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.#epoch = epoch + 1;
    if (this.saveFreq === "epoch") await this.#save(0);
  }

  async #save(batch: number): Promise<void> {
    await mkdir(this.backupDir, { recursive: true });
    for (const path of this.doubleCheckpoint ? [this.#weights, this.#metadata] : []) {
      if (existsSync(path)) await writeWhole(`${path}.bkp`, (part) => copyFile(path, part));
    }
    await (this.model as unknown as Model).saveWeights(this.#weights);
    const metadata = JSON.stringify({ epoch: this.#epoch, batch });
    await writeWhole(this.#metadata, (part) => writeFile(part, metadata));
  }

  override async onTrainEnd(): Promise<void> {
    if (!this.deleteCheckpoint) return;
    // the backups, and what a run that was killed left of one; a directory that holds other files too is not ours to delete
    const ours = [this.#weights, this.#metadata].map((path) => basename(path));
    for (const name of await readdir(this.backupDir).catch(() => [])) {
      if (ours.some((own) => name.startsWith(own))) await rm(join(this.backupDir, name), { force: true });
    }
    await rmdir(this.backupDir).catch(() => {});
  }
}
