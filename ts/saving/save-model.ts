import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import type { Store } from "../layers/weights.js";
import { native } from "../native.js";
import { takesAssets } from "./load-weights.js";
import { isPlain, type Saveable, savedObjects, variablesOf } from "./object-paths.js";
import { pythonJson } from "./python-json.js";
import { serializeKerasObject } from "./serialization.js";
import { writeShared } from "./shared-objects.js";
import { writeWhole } from "./write-whole.js";

/** The version of Keras whose files these are. */
export const KERAS_VERSION = "3.15.1";
/** After so many bytes the event loop has its turn. */
const BREATH = 64 << 20;

/** An array on its way to a file: its elements, or the variable that has them when the file is written. */
export type ArrayToWrite = Parameters<ReturnType<typeof native>["writeSafetensors"]>[1][number];

/** What a group of a file says of itself. */
export type TextToWrite = Parameters<ReturnType<typeof native>["writeModel"]>[2][number];

/** What files keep of a model apart from its config. */
export interface ModelState {
  readonly arrays: ArrayToWrite[];
  readonly texts: TextToWrite[];
  readonly assets: { name: string; text: string }[];
}

/** What files keep of a tensor. */
export function arrayOf(name: string, { dtype, shape, storage }: Tensor): ArrayToWrite {
  return { name, dtype, shape: shape as number[], data: storage };
}

/** What files keep of a variable. Its value stays where it is until the file is written. */
export function variableArray(name: string, { dtype, shape, native }: Variable): ArrayToWrite {
  return { name, dtype, shape: shape as number[], variable: native };
}

/** The arrays of one object, by the names that it gives them. */
export function arraysOf(object: Saveable): ArrayToWrite[] {
  if (isPlain(object)) return variablesOf(object).map((variable, i) => variableArray(`${i}`, variable));
  const store: Store = {};
  object.saveOwnVariables(store);
  return Object.entries(store).map(([name, value]) => arrayOf(name, value));
}

/**
 * Collects the state of a model: the variables of layers and optimizers, their names, and the files of layers.
 *
 * @param skipped Objects that are left out.
 */
export async function stateOf(model: Layer, skipped: readonly Saveable[] = []): Promise<ModelState> {
  const state: ModelState = { arrays: [], texts: [], assets: [] };
  const out = new Set<Saveable>(skipped);
  let bytes = 0;
  for (const { object, path } of savedObjects(model)) {
    if (out.has(object)) continue;
    const group = path === "" ? "vars" : `${path}/vars`;
    for (const array of arraysOf(object)) {
      state.arrays.push({ ...array, name: `${group}/${array.name}` });
      bytes += array.data?.byteLength ?? 0;
    }
    state.texts.push({ group, name: "name", value: object.name });
    for (const [name, text] of takesAssets(object) ? Object.entries(object.saveAssets()) : []) {
      if (/[\\/]/.test(name)) throw new ValueError(`Layer "${object.name}": "${name}" is no name of an asset.`);
      state.assets.push({ name: path === "" ? name : `${path}/${name}`, text });
    }
    if (bytes > BREATH) {
      bytes = 0;
      await setImmediate();
    }
  }
  return state;
}

/** @throws StateError for a model that is not built. */
export function checkBuilt(who: string, model: Layer): void {
  if (model.built) return;
  throw new StateError(
    `${who}: model "${model.name}" has not been built yet, so it has no weights to save. Call it on data first, or build it by a shape.`,
  );
}

/** What weights are written with. */
export interface WeightsToWrite {
  /** Layers and optimizers that are left out. */
  readonly objectsToSkip?: readonly Saveable[];
}

/** Writes a `.weights.h5`. @throws StateError for a model that is not built. */
export async function writeWeights(model: Layer, path: string, options: WeightsToWrite = {}): Promise<void> {
  checkBuilt("saveWeights", model);
  const { arrays, texts } = await stateOf(model, options.objectsToSkip);
  await native().writeModel(path, arrays, texts);
}

/** Writes a `.safetensors`: the arrays of a `.weights.h5` by the same names. @throws StateError for a model that is not built. */
export async function writeSafetensors(model: Layer, path: string, options: WeightsToWrite = {}): Promise<void> {
  checkBuilt("saveWeights", model);
  await native().writeSafetensors(path, (await stateOf(model, options.objectsToSkip)).arrays);
}

/** The two texts of a model's file. */
function describeModel(model: Layer): { config: string; metadata: string } {
  if (!(model instanceof Layer)) throw new InvalidTypeError("saveModel: expected a model.");
  if (!model.built) {
    process.emitWarning(
      `You are saving model "${model.name}", which has not been built yet: it may have no weights. Call it on data first.`,
    );
  }
  return {
    config: pythonJson(writeShared(() => serializeKerasObject(model))),
    metadata: JSON.stringify({ keras_version: KERAS_VERSION, date_saved: now() }),
  };
}

/** Writes a `.keras`. */
export async function writeModel(model: Layer, path: string): Promise<void> {
  const described = describeModel(model);
  const { arrays, texts, assets } = await stateOf(model);
  await native().writeModel(path, arrays, texts, { ...described, assets });
}

/** Writes what a `.keras` holds as files of a folder, which is made if it is not there. */
export async function writeFolder(model: Layer, path: string): Promise<void> {
  const { config, metadata } = describeModel(model);
  const { arrays, texts, assets } = await stateOf(model);
  await mkdir(join(path, "assets"), { recursive: true });
  await writeWhole(join(path, "model.weights.h5"), (part) => native().writeModel(part, arrays, texts));
  for (const { name, text } of assets) {
    const where = join(path, "assets", name);
    await mkdir(dirname(where), { recursive: true });
    await writeWhole(where, (part) => writeFile(part, text));
  }
  await writeWhole(join(path, "metadata.json"), (part) => writeFile(part, metadata));
  // The last: without it the folder is no model.
  await writeWhole(join(path, "config.json"), (part) => writeFile(part, config));
}

/** The time as Keras writes it: `2026-11-21@10:15:28`. */
function now(): string {
  const date = new Date();
  const two = (value: number): string => String(value).padStart(2, "0");
  const [day, time] = [
    [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())],
    [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())],
  ];
  return `${day!.join("-")}@${time!.join(":")}`;
}
