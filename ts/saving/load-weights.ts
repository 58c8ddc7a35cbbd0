import { tensor } from "../engine/convert.js";
import { allocate, asDType } from "../engine/dtype.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Variable } from "../engine/variable.js";
import { fromNative, StateError, ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { native } from "../native.js";
import { type SavedObject, savedObjects } from "./object-paths.js";

/** An array of a weights file. */
interface Stored {
  /** Its path in the file. */
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A weight and the array that belongs to it. */
interface Match {
  readonly variable: Variable;
  readonly stored: Stored;
}

/**
 * Loads the weights of a `.weights.h5` or `.keras` file into a model or layer. They are matched by the structure of layers, as Keras does
 * (`layers/dense_1/vars/0`), not by names. Files of optimizers and of layers that the model does not have are left alone.
 *
 * @throws ValueError listing every layer that does not match; then nothing has changed. StateError for a model that is not built.
 */
export async function loadWeights(model: Layer, path: string): Promise<void> {
  if (typeof path !== "string" || !(path.endsWith(".weights.h5") || path.endsWith(".keras"))) {
    throw new ValueError(
      `loadWeights: expected a file that ends in ".weights.h5" or ".keras", got ${JSON.stringify(path)}.`,
    );
  }
  if (!model.built) {
    throw new StateError(
      `loadWeights: model "${model.name}" has not been built yet, so it has no weights to load into. Call it on data first, or build it by a shape.`,
    );
  }
  const matches = matchWeights(savedObjects(model), await readArrays(path), path);
  for (const { variable, stored } of matches) variable.assign(asTensor(stored));
}

async function readArrays(path: string): Promise<ReadonlyMap<string, Stored>> {
  try {
    const arrays = await native().readWeights(path);
    return new Map(arrays.map((stored) => [stored.name.replace(/^\//, ""), stored]));
  } catch (error) {
    throw fromNative(error, `while reading the weights of ${path}`);
  }
}

/** Pairs weights and arrays. @throws ValueError with everything that does not fit. */
function matchWeights(objects: readonly SavedObject[], arrays: ReadonlyMap<string, Stored>, file: string): Match[] {
  const counts = new Map<string, number>();
  for (const path of arrays.keys()) {
    const at = path.lastIndexOf("vars/");
    if (at >= 0) counts.set(path.slice(0, at), (counts.get(path.slice(0, at)) ?? 0) + 1);
  }
  const matches: Match[] = [];
  const problems: string[] = [];
  for (const { layer, path } of objects) {
    const prefix = path === "" ? "" : `${path}/`;
    const variables = layer.ownVariables;
    const count = counts.get(prefix) ?? 0;
    if (count !== variables.length) {
      const names = variables.map((variable) => variable.name).join(", ");
      const unbuilt = variables.length === 0 && !layer.built ? "; it was never built and has no variables" : "";
      problems.push(
        `Layer "${layer.name}" (${layer.className}) expected ${variables.length} variables [${names}], but the file has ${count} ` +
          `at "${prefix}vars"${unbuilt}.`,
      );
      continue;
    }
    variables.forEach((variable, i) => {
      const stored = arrays.get(`${prefix}vars/${i}`);
      if (stored === undefined) problems.push(`Layer "${layer.name}": the file has no array "${prefix}vars/${i}".`);
      else if (!sameShape(variable.shape, stored.shape)) {
        problems.push(
          `Layer "${layer.name}" (${layer.className}): variable "${variable.path}" has shape ${formatShape(variable.shape)}, ` +
            `but "${stored.name}" has shape ${formatShape(stored.shape)}.`,
        );
      } else matches.push({ variable, stored });
    });
  }
  if (problems.length > 0) {
    throw new ValueError(
      `${file}: ${problems.length === 1 ? "one object" : `${problems.length} objects`} could not be loaded; no weight was changed.\n` +
        problems.map((problem) => `  ${problem}`).join("\n"),
    );
  }
  return matches;
}

/** The array as a tensor. Its bytes are copied, which also aligns them. */
function asTensor({ dtype, shape, data, name }: Stored): ReturnType<typeof tensor> {
  const type = asDType(dtype, name);
  const elements = allocate(
    type,
    shape.reduce((total, d) => total * d, 1),
    name,
  );
  new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength).set(data);
  return tensor(elements, { shape, dtype: type });
}
