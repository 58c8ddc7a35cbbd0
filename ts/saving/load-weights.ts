import { tensor } from "../engine/convert.js";
import { allocate, asDType } from "../engine/dtype.js";
import { formatShape, sameShape } from "../engine/shape.js";
import { fromNative, StateError, ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { numberedLoads, type Store } from "../layers/weights.js";
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

/**
 * Loads the weights of a `.weights.h5` or `.keras` file into a model or layer. They are matched by the structure of layers, as Keras does
 * (`layers/dense_1/vars/0`), not by names. Layers that the model does not have are left alone. The state of the optimizer is loaded into that of
 * a compiled model, if the file has any.
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
  const groups = byObject(await readArrays(path));
  const objects = savedObjects(model);
  const numbered = objects.filter(({ layer }) => numberedLoads.has(layer.loadOwnVariables));
  checkWeights(numbered, groups, path);
  const load = ({ layer, path }: SavedObject): void => layer.loadOwnVariables(storeOf(groups.get(path)));
  loadTogether(
    objects.filter((object) => !numbered.includes(object)),
    load,
    () => {
      const state = groups.get("optimizer");
      const { compiled = false } = model as Partial<Compiled>;
      if (compiled && state !== undefined) (model as unknown as Compiled).optimizer.loadOwnVariables(storeOf(state));
    },
  );
  numbered.forEach(load);
}

/** A model with an optimizer. */
interface Compiled {
  readonly compiled: boolean;
  readonly optimizer: { loadOwnVariables(store: Readonly<Store>): void };
}

/** Loads layers that read their state in ways of their own, then what changes nothing if it fails: in that case all have their old values again. */
function loadTogether(
  objects: readonly SavedObject[],
  load: (object: SavedObject) => void,
  loadLast: () => void,
): void {
  const before = objects.flatMap(({ layer }) => layer.ownVariables.map((one) => [one, one.value] as const));
  try {
    objects.forEach(load);
    loadLast();
  } catch (error) {
    for (const [variable, value] of before) variable.assign(value);
    throw error;
  }
}

/** The arrays of each object by its path, and there by their names. */
type Groups = ReadonlyMap<string, ReadonlyMap<string, Stored>>;

function byObject(arrays: readonly Stored[]): Groups {
  const groups = new Map<string, Map<string, Stored>>();
  for (const stored of arrays) {
    const path = stored.name.replace(/^\//, "");
    const at = path.lastIndexOf("vars/");
    if (at < 0) continue;
    const object = path.slice(0, Math.max(0, at - 1));
    const group = groups.get(object) ?? new Map<string, Stored>();
    groups.set(object, group.set(path.slice(at + "vars/".length), stored));
  }
  return groups;
}

function storeOf(group: ReadonlyMap<string, Stored> = new Map()): Store {
  return Object.fromEntries([...group].map(([name, stored]) => [name, asTensor(stored)]));
}

async function readArrays(path: string): Promise<readonly Stored[]> {
  try {
    return await native().readWeights(path);
  } catch (error) {
    throw fromNative(error, `while reading the weights of ${path}`);
  }
}

/** @throws ValueError with everything that does not fit. */
function checkWeights(objects: readonly SavedObject[], groups: Groups, file: string): void {
  const problems: string[] = [];
  for (const { layer, path } of objects) {
    const prefix = path === "" ? "" : `${path}/`;
    const variables = layer.filedVariables;
    const group = groups.get(path) ?? new Map<string, Stored>();
    if (group.size !== variables.length) {
      const names = variables.map((variable) => variable.name).join(", ");
      const unbuilt = variables.length === 0 && !layer.built ? "; it was never built and has no variables" : "";
      problems.push(
        `Layer "${layer.name}" (${layer.className}) expected ${variables.length} variables [${names}], but the file has ${group.size} ` +
          `at "${prefix}vars"${unbuilt}.`,
      );
      continue;
    }
    variables.forEach((variable, i) => {
      const stored = group.get(`${i}`);
      if (stored === undefined) problems.push(`Layer "${layer.name}": the file has no array "${prefix}vars/${i}".`);
      else if (!sameShape(variable.shape, stored.shape)) {
        problems.push(
          `Layer "${layer.name}" (${layer.className}): variable "${variable.path}" has shape ${formatShape(variable.shape)}, ` +
            `but "${stored.name}" has shape ${formatShape(stored.shape)}.`,
        );
      }
    });
  }
  if (problems.length === 0) return;
  throw new ValueError(
    `${file}: ${problems.length === 1 ? "one object" : `${problems.length} objects`} could not be loaded; no weight was changed.\n` +
      problems.map((problem) => `  ${problem}`).join("\n"),
  );
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
