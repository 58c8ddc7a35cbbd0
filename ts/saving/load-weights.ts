import { formatShape, sameShape } from "../engine/shape.js";
import type { Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import { numberedLoads, type Store } from "../layers/weights.js";
import { OptimizerState } from "../optimizers/optimizer-state.js";
import { isLegacy, loadLegacyWeights } from "./legacy.js";
import { batches, ModelFile, type StoredInfo } from "./model-file.js";
import { classNameOf, isPlain, type Saveable, type SavedObject, savedObjects, variablesOf } from "./object-paths.js";

/** Options of `model.loadWeights`. */
export interface LoadWeightsOptions {
  /** Whether what does not fit is left as it is, with a warning that lists it, instead of an error. Default `false`. */
  skipMismatch?: boolean;
  /** Layers and optimizers to leave alone. */
  objectsToSkip?: readonly (Layer | OptimizerState)[];
}

const endings = [".weights.h5", ".keras", ".weights.json", ".safetensors", ".h5", ".hdf5"];

/**
 * Loads the weights of a file into a model or layer: a `.weights.h5`, a `.keras`, a `.weights.json` with shards, a `.safetensors`, or a legacy
 * `.h5` (there by the order of layers). They are matched by the structure of layers, as Keras does (`layers/dense_1/vars/0`), not by names.
 * Layers that the model does not have are left alone. The state of the optimizer is loaded into that of a compiled model, if the file has any.
 *
 * @throws ValueError listing everything that does not match; then nothing has changed. StateError for a model that is not built.
 */
export async function loadWeights(model: Layer, path: string, options: LoadWeightsOptions = {}): Promise<void> {
  if (typeof path !== "string" || !endings.some((ending) => path.endsWith(ending))) {
    throw new ValueError(
      `loadWeights: expected a file that ends in ".weights.h5" or ".keras" (or ${endings.slice(2).join(", ")}), got ${JSON.stringify(path)}.`,
    );
  }
  if (!model.built) {
    throw new StateError(
      `loadWeights: model "${model.name}" has not been built yet, so it has no weights to load into. Call it on data first, or build it by a shape.`,
    );
  }
  const file = await ModelFile.open(path);
  const { skipMismatch = false, objectsToSkip = [] } = options;
  if (isLegacy(file)) return loadLegacyWeights(model, file, skipMismatch);
  const skipped = new Set<unknown>(objectsToSkip);
  await loadState(
    savedObjects(model).filter(({ object }) => !skipped.has(object)),
    file,
    { skipMismatch },
  );
}

/** What {@link loadState} does beside giving variables their values. */
export interface LoadStateOptions {
  readonly skipMismatch?: boolean;
  /** Whether layers get the files that they put into a `.keras` too. */
  readonly assets?: boolean;
}

/**
 * Gives objects the state that a file keeps of them.
 *
 * @throws ValueError listing everything that does not fit, before anything has changed.
 */
export async function loadState(
  objects: readonly SavedObject[],
  file: ModelFile,
  { skipMismatch = false, assets = false }: LoadStateOptions = {},
): Promise<void> {
  const problems: string[] = [];
  const numbered = objects.filter(isNumbered).filter((object) => {
    const found = mismatches(object, file);
    problems.push(...found);
    return found.length === 0;
  });
  const undo: (() => void)[] = [];
  const attempt = (object: Saveable, load: () => void): void => {
    const reverse = restorer(object);
    undo.push(reverse);
    try {
      load();
    } catch (error) {
      reverse();
      problems.push(`${describeObject(object)}: ${(error as Error).message}`);
    }
  };
  const own = objects.filter((object) => !isNumbered(object));
  const stores = await file.stores(own.map(({ path }) => path));
  for (const { object, path } of own) attempt(object, () => object.loadOwnVariables(stores.get(path) as Store));
  for (const { object, path } of assets ? objects : []) {
    if (takesAssets(object)) attempt(object, () => loadAssets(object, file.assetsOf(path)));
  }
  if (problems.length > 0 && !skipMismatch) {
    for (const reverse of undo) reverse();
    throw new ValueError(report(problems, file.path, "could not be loaded; no weight was changed."));
  }
  await loadNumbered(numbered, file);
  if (problems.length > 0)
    process.emitWarning(report(problems, file.path, "could not be loaded and are as they were."));
}

function report(problems: readonly string[], path: string, what: string): string {
  const count = problems.length === 1 ? "one object" : `${problems.length} objects`;
  return `${path}: ${count} ${what}\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
}

function describeObject(object: Saveable): string {
  return `${object instanceof Layer ? "Layer" : "Optimizer"} "${object.name}" (${classNameOf(object)})`;
}

/** Whether the arrays of an object are its variables by their numbers, so that what will happen is known before. */
function isNumbered({ object }: SavedObject): boolean {
  if (object instanceof Layer) return numberedLoads.has(object.loadOwnVariables);
  return object.loadOwnVariables === OptimizerState.prototype.loadOwnVariables;
}

/** What keeps an object with numbered variables from being loaded. */
function mismatches({ object, path }: SavedObject, file: ModelFile): string[] {
  const prefix = path === "" ? "" : `${path}/`;
  const variables = variablesOf(object);
  const stored = file.arraysOf(path);
  if (stored.size !== variables.length) {
    if (object instanceof OptimizerState) return [];
    const names = variables.map((variable) => variable.name).join(", ");
    const unbuilt = variables.length === 0 && !object.built ? "; it was never built and has no variables" : "";
    return [
      `${describeObject(object)} expected ${variables.length} variables [${names}], but the file has ${stored.size} ` +
        `at "${prefix}vars"${unbuilt}.`,
    ];
  }
  return variables.flatMap((variable, i) => {
    const found = stored.get(`${i}`);
    if (found === undefined) return [`${describeObject(object)}: the file has no array "${prefix}vars/${i}".`];
    if (sameShape(variable.shape, found.shape)) return [];
    return [
      `${describeObject(object)}: variable "${variable.path}" has shape ${formatShape(variable.shape)}, ` +
        `but "${found.name}" has shape ${formatShape(found.shape)}.`,
    ];
  });
}

/** Gives the variables of an object the values they have now. */
function restorer(object: Saveable): () => void {
  const before = (object instanceof Layer ? object.ownVariables : object.variables).map(
    (one) => [one, one.value] as const,
  );
  return () => {
    for (const [variable, value] of before) variable.assign(value);
  };
}

/** Arrays that are read together, and what is done with them. */
interface Unit {
  readonly arrays: readonly StoredInfo[];
  apply(store: Store): void;
}

/**
 * Loads objects whose arrays are known to fit: variables, and layers by methods of their own, some megabytes of arrays at a time.
 */
async function loadNumbered(objects: readonly SavedObject[], file: ModelFile): Promise<void> {
  const direct: [StoredInfo, Variable][] = [];
  const units = objects.flatMap((object) => unitsOf(object, file, direct));
  await file.readInto(direct);
  for (const batch of batches(units, bytesOf)) {
    const tensors = await file.read(batch.flatMap(({ arrays }) => arrays));
    for (const { arrays, apply } of batch) {
      apply(Object.fromEntries(arrays.map(({ name }) => [name.slice(name.lastIndexOf("/") + 1), tensors.get(name)!])));
    }
  }
}

function bytesOf({ arrays }: Unit): number {
  return arrays.reduce((total, { bytes }) => total + bytes, 0);
}

/** How an object is loaded; arrays that become variables go to `direct`. */
function unitsOf({ object, path }: SavedObject, file: ModelFile, direct: [StoredInfo, Variable][]): Unit[] {
  const stored = file.arraysOf(path);
  const arrays = [...stored.values()];
  const variables = variablesOf(object);
  if (arrays.length === 0) return [];
  if (arrays.length !== variables.length) {
    process.emitWarning(
      `Skipping variable loading for optimizer '${object.name}', because it has ${variables.length} variables whereas the saved ` +
        `optimizer has ${arrays.length} variables.`,
    );
    return [];
  }
  if (!isPlain(object)) return [{ arrays, apply: (store) => object.loadOwnVariables(store) }];
  direct.push(...variables.map((variable, i): [StoredInfo, Variable] => [stored.get(`${i}`)!, variable]));
  return [];
}

/** A layer with files of its own, such as a vocabulary. */
export interface HasAssets {
  /** Text files by their names. */
  saveAssets(): Record<string, string>;
  loadAssets(files: Readonly<Record<string, string>>): void;
}

/** Whether an object has files of its own. */
export function takesAssets<T extends object>(object: T): object is T & HasAssets {
  const { saveAssets, loadAssets } = object as Partial<HasAssets>;
  return typeof saveAssets === "function" && typeof loadAssets === "function";
}

function loadAssets(object: HasAssets, files: Record<string, string>): void {
  const missing = Object.keys(object.saveAssets()).filter((name) => !Object.hasOwn(files, name));
  if (missing.length > 0)
    throw new ValueError(`the file has no asset ${missing.map((name) => `"${name}"`).join(", ")}.`);
  object.loadAssets(files);
}
