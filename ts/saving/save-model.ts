import { setImmediate } from "node:timers/promises";
import { InvalidTypeError, StateError, ValueError } from "../errors.js";
import { Layer } from "../layers/layer.js";
import type { Store } from "../layers/weights.js";
import { native } from "../native.js";
import { takesAssets } from "./load-weights.js";
import { savedObjects } from "./object-paths.js";
import { pythonJson } from "./python-json.js";
import { serializeKerasObject } from "./serialization.js";
import { writeShared } from "./shared-objects.js";

/** The version of Keras whose files these are. */
const KERAS_VERSION = "3.15.1";
/** After so many bytes the event loop has its turn. */
const BREATH = 64 << 20;

/** An array on its way to a file. */
type ArrayToWrite = Parameters<ReturnType<typeof native>["writeSafetensors"]>[1][number];

/** What files keep of a model apart from its config. */
export interface ModelState {
  readonly arrays: ArrayToWrite[];
  readonly texts: { group: string; name: string; value: string }[];
  readonly assets: { name: string; text: string }[];
}

/** Collects the state of a model: the variables of layers and optimizers, their names, and the files of layers. */
export async function stateOf(model: Layer): Promise<ModelState> {
  const state: ModelState = { arrays: [], texts: [], assets: [] };
  let bytes = 0;
  for (const { object, path } of savedObjects(model)) {
    const group = path === "" ? "vars" : `${path}/vars`;
    const store: Store = {};
    object.saveOwnVariables(store);
    for (const [name, value] of Object.entries(store)) {
      const { dtype, shape, storage: data } = value;
      state.arrays.push({ name: `${group}/${name}`, dtype, shape: shape as number[], data });
      bytes += data.byteLength;
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

function checkBuilt(who: string, model: Layer): void {
  if (model.built) return;
  throw new StateError(
    `${who}: model "${model.name}" has not been built yet, so it has no weights to save. Call it on data first, or build it by a shape.`,
  );
}

/** Writes a `.weights.h5`. @throws StateError for a model that is not built. */
export async function writeWeights(model: Layer, path: string): Promise<void> {
  checkBuilt("saveWeights", model);
  const { arrays, texts } = await stateOf(model);
  await native().writeModel(path, arrays, texts);
}

/** Writes a `.safetensors`: the arrays of a `.weights.h5` by the same names. @throws StateError for a model that is not built. */
export async function writeSafetensors(model: Layer, path: string): Promise<void> {
  checkBuilt("saveWeights", model);
  await native().writeSafetensors(path, (await stateOf(model)).arrays);
}

/** Writes a `.keras`. */
export async function writeModel(model: Layer, path: string): Promise<void> {
  if (!(model instanceof Layer)) throw new InvalidTypeError("saveModel: expected a model.");
  if (!model.built) {
    process.emitWarning(
      `You are saving model "${model.name}", which has not been built yet: it may have no weights. Call it on data first.`,
    );
  }
  const config = pythonJson(writeShared(() => serializeKerasObject(model)));
  const { arrays, texts, assets } = await stateOf(model);
  const metadata = JSON.stringify({ keras_version: KERAS_VERSION, date_saved: now() });
  await native().writeModel(path, arrays, texts, { config, metadata, assets });
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
