import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ValueError } from "../errors.js";
import type { Saveable } from "./object-paths.js";
import { type LegacyModel, writeLegacy } from "./save-legacy.js";
import { writeFolder, writeModel, writeSafetensors, writeWeights } from "./save-model.js";
import { writeShards } from "./save-shards.js";
import { writeWhole } from "./write-whole.js";

/** Options of what writes files. */
export interface OverwriteOptions {
  /** Whether a file that exists is replaced. Default `true`. */
  overwrite?: boolean;
}

/** Options of `model.save`. */
export interface SaveOptions extends OverwriteOptions {
  /** Whether the model is one `.keras` file; else the same as files of a folder, whose name must not end in `.keras`. Default `true`. */
  zipped?: boolean | null;
  /** Whether a legacy `.h5` has how the model is compiled, and the state of the optimizer. A `.keras` always has. Default `true`. */
  includeOptimizer?: boolean;
}

/** Options of `model.saveWeights`. */
export interface SaveWeightsOptions extends OverwriteOptions {
  /** In GB (2³⁰ bytes): the weights lie in files that have at most this much of them, beside a `.weights.json` that lists them. Default: one file. */
  maxShardSize?: number | null;
  /** Layers and optimizers whose weights are left out. */
  objectsToSkip?: readonly Saveable[];
}

const BYTES_PER_GB = 2 ** 30;

/** Writes a model, or its weights, to a file. */
export type ModelWriter = (
  model: LegacyModel,
  path: string,
  options: SaveOptions & SaveWeightsOptions,
) => Promise<void>;

const legacy: ModelWriter = (model, path, options) => writeLegacy(model, path, options.includeOptimizer ?? true);

/** What writes files, by how their names end. */
export const writers = new Map<string, ModelWriter>([
  [".keras", writeModel],
  [".h5", legacy],
  [".hdf5", legacy],
  [".weights.h5", writeWeights],
  [".safetensors", writeSafetensors],
]);

/** Writes a file by the writer with the longest ending that is its own: ".weights.h5" ends in ".h5" too. */
async function writeByName(model: LegacyModel, path: string, options: SaveOptions & SaveWeightsOptions): Promise<void> {
  const [ending] = [...writers.keys()].filter((end) => path.endsWith(end)).sort((a, b) => b.length - a.length);
  await writeWhole(path, (part) => writers.get(ending!)!(model, part, options));
}

/** The path. @throws ValueError for one with another ending, or a file that exists where it may not be replaced. */
function checked(
  who: string,
  path: string | URL,
  endings: readonly string[],
  { overwrite = true }: OverwriteOptions,
): string {
  const where = path instanceof URL ? fileURLToPath(path) : path;
  if (typeof where !== "string" || !endings.some((ending) => where.endsWith(ending))) {
    const wanted = endings.map((ending) => `"${ending}"`).join(" or ");
    throw new ValueError(`${who}: the filename must end in ${wanted}. Received: ${JSON.stringify(where)}`);
  }
  if (!overwrite && existsSync(where)) {
    throw new ValueError(`${who}: ${where} exists already. Set \`overwrite\` to replace it.`);
  }
  return where;
}

/**
 * Writes a model: a `.keras`, a folder, or a legacy `.h5`. A file is never there in part.
 *
 * @throws ValueError for another ending, or a file that exists where `overwrite` is `false`.
 */
export async function saveModelTo(model: LegacyModel, path: string | URL, options: SaveOptions): Promise<void> {
  const { zipped } = options;
  if (zipped === false) {
    const where = checked("save", path, [""], options);
    if (where.endsWith(".keras")) {
      throw new ValueError(
        `save: with \`zipped: false\`, the path must not end in ".keras". Received: ${JSON.stringify(where)}`,
      );
    }
    return writeFolder(model, where);
  }
  const where = checked("save", path, [".keras", ".h5", ".hdf5"], options);
  if (where.endsWith(".weights.h5")) {
    throw new ValueError(
      `save: "${where}" is the name of a file of weights alone: use \`saveWeights\`, or another name.`,
    );
  }
  if (where.endsWith(".keras")) return writeByName(model, where, options);
  process.emitWarning(
    `${where}: the HDF5 format of whole models is a legacy one. We recommend Keras's own: model.save("model.keras").`,
  );
  return writeByName(model, where, options);
}

/**
 * Writes the weights of a model: a `.weights.h5`, a `.safetensors`, or shards. A file is never there in part.
 *
 * @throws ValueError for another ending, or a file that exists where `overwrite` is `false`.
 */
export async function saveWeightsTo(
  model: LegacyModel,
  path: string | URL,
  options: SaveWeightsOptions,
): Promise<void> {
  const { maxShardSize } = options;
  if (maxShardSize == null) {
    const where = checked("saveWeights", path, [".weights.h5", ".safetensors"], options);
    return writeByName(model, where, options);
  }
  if (!(maxShardSize > 0)) {
    throw new ValueError(`saveWeights: \`maxShardSize\` must be a positive number of GB. Received: ${maxShardSize}`);
  }
  const named = checked("saveWeights", path, [".weights.json", ".weights.h5"], options);
  const where = named.replace(/\.h5$/, ".json");
  if (where !== named) process.emitWarning(`saveWeights: the list of shards is ${where}, not ${named}.`);
  return writeShards(model, where, maxShardSize * BYTES_PER_GB, options);
}
