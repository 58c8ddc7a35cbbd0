import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NotImplementedError, ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { writeModel, writeSafetensors, writeWeights } from "./save-model.js";
import { writeWhole } from "./write-whole.js";

/** Writes a model, or its weights, to a file. */
export type ModelWriter = (model: Layer, path: string) => Promise<void>;

/** What writes files, by how their names end. What is missing here cannot be written. */
export const writers = new Map<string, ModelWriter>([
  [".keras", writeModel],
  [".weights.h5", writeWeights],
  [".safetensors", writeSafetensors],
]);

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
  const known = [...writers.keys()].join(", ");
  throw new NotImplementedError(
    `${who}: writing ${JSON.stringify(path)} is not supported. Formats that can be written: ${known}. ` +
      "`model.toJson()` gives the architecture and `model.getWeights()` the values.",
  );
}

/** Options of what writes files. */
export interface SaveOptions {
  /** Whether a file that exists is replaced. Default `true`. */
  overwrite?: boolean;
}

/**
 * Writes a model, or its weights, to a file that is never there in part.
 *
 * @param method Who asks, at the beginning of the error.
 * @param endings How the file's name may end.
 * @throws ValueError for another ending, or a file that exists where `overwrite` is `false`.
 */
export async function saveTo(
  method: string,
  model: Layer,
  path: string | URL,
  endings: readonly string[],
  { overwrite = true }: SaveOptions,
): Promise<void> {
  const where = path instanceof URL ? fileURLToPath(path) : path;
  if (typeof where !== "string" || !endings.some((ending) => where.endsWith(ending))) {
    throw new ValueError(
      `${method}: the filename must end in ${endings.map((ending) => `"${ending}"`).join(" or ")}. Received: ${JSON.stringify(where)}`,
    );
  }
  if (!overwrite && existsSync(where)) {
    throw new ValueError(`${method}: ${where} exists already. Set \`overwrite\` to replace it.`);
  }
  const writer = writerOf(method, where);
  await writeWhole(where, (part) => writer(model, part));
}
