import { rename, rm } from "node:fs/promises";
import { NotImplementedError } from "../errors.js";
import type { Layer } from "../layers/layer.js";

/** Writes a model, or its weights, to a file. */
export type ModelWriter = (model: Layer, path: string) => Promise<void>;

/** What writes files, by how their names end. What is missing here cannot be written. */
export const writers = new Map<string, ModelWriter>();

/**
 * What writes a file of this name.
 *
 * @param who Who asks, at the beginning of the error.
 * @throws NotImplementedError for a format that cannot be written, naming those that can.
 */
export function writerOf(who: string, path: string): ModelWriter {
  // ".weights.h5" ends in ".h5" too
  const [extension] = [...writers.keys()].filter((end) => path.endsWith(end)).sort((a, b) => b.length - a.length);
  const writer = extension === undefined ? undefined : writers.get(extension);
  if (writer !== undefined) return writer;
  const known = writers.size === 0 ? "none yet" : [...writers.keys()].join(", ");
  throw new NotImplementedError(
    `${who}: writing ${JSON.stringify(path)} is not supported yet. Formats that can be written: ${known}. ` +
      "`model.toJson()` gives the architecture and `model.getWeights()` the values.",
  );
}

/** Writes a file under another name beside it and renames that: whoever reads it finds the old file or the new one, never a part. */
export async function writeWhole(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
