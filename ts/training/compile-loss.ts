import { toSnakeCase } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binaryCrossentropy } from "../losses/binary-crossentropy.js";
import { categoricalCrossentropy } from "../losses/categorical-crossentropy.js";
import * as losses from "../losses/get.js";
import { Loss } from "../losses/loss.js";
import { type LossFunction, LossFunctionWrapper } from "../losses/loss-function-wrapper.js";
import {
  SparseCategoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "../losses/sparse-categorical-crossentropy.js";
import { Mean } from "../metrics/mean.js";
import { isBinaryOrSparse } from "./selection.js";

/** A loss for the only output, or one an output: by list, or by output name. `null` leaves an output out. */
export type LossSpec =
  | losses.LossIdentifier
  | readonly (losses.LossIdentifier | null)[]
  | { readonly [output: string]: losses.LossIdentifier | null };

/** Weights of the outputs' losses in the total: a number, a list, or a dict by output name. */
export type LossWeights = number | readonly number[] | { readonly [output: string]: number };

interface Entry {
  readonly identifier: losses.LossIdentifier;
  readonly weight: number | null;
  /** The output's place. */
  readonly index: number;
  loss?: Loss;
  tracker?: Mean;
}

const AUTOMATIC = ["crossentropy", "ce"];

/** Whether a dict is a saved object rather than a dict by output name. */
export function isSavedObject(value: unknown): boolean {
  return isDict(value) && typeof value.class_name === "string";
}

function checkNames(what: string, given: readonly string[], names: readonly string[]): void {
  const unknown = given.filter((name) => !names.includes(name));
  const missing = names.filter((name) => !given.includes(name));
  if (unknown.length + missing.length === 0) return;
  const list = (part: readonly string[]) => part.map((name) => `"${name}"`).join(", ");
  const why = [
    missing.length > 0 ? `missing: ${list(missing)}` : "",
    unknown.length > 0 ? `unknown: ${list(unknown)}` : "",
  ];
  throw new ValueError(
    `Expected keys [${list(names)}] in ${what} dict, but found [${list(given)}] (${why.filter(Boolean).join("; ")}). ` +
      "Every output must be named; null leaves one out.",
  );
}

/** One value an output, from a single value, a list or a dict by name. */
function perOutput<T>(what: string, value: unknown, names: readonly string[] | null, count: number): (T | null)[] {
  if (value === null || value === undefined) return new Array(count).fill(null);
  if (Array.isArray(value)) {
    if (value.length !== count) {
      const outputs = names ? ` (${names.map((name) => `"${name}"`).join(", ")})` : "";
      throw new ValueError(
        `\`${what}\` is a list of ${value.length}, but the model has ${count} output(s)${outputs}. Give one for each.`,
      );
    }
    return [...(value as T[])];
  }
  if (isDict(value) && !isSavedObject(value)) {
    if (names === null)
      throw new ValueError(`\`${what}\` is a dict, but the model's outputs have no names. Use a list.`);
    checkNames(what, Object.keys(value), names);
    return names.map((name) => (value[name] as T | undefined) ?? null);
  }
  return new Array(count).fill(value);
}

/**
 * The loss of a compiled model: one loss an output, their weighted sum, and what each output contributed.
 *
 * Source: `keras.src.trainers.compile_utils.CompileLoss`.
 */
export class CompileLoss {
  readonly #loss: LossSpec;
  readonly #weights: LossWeights | undefined;
  #entries: Entry[] | undefined;
  #built = false;
  #names: readonly string[] = [];

  /** @throws ValueError for unknown names, lists of the wrong length or dicts with other keys than the outputs' names. */
  constructor(loss: LossSpec, weights: LossWeights | undefined, outputNames: readonly string[] | null) {
    this.#loss = loss;
    this.#weights = weights;
    const all = Array.isArray(loss) ? loss : isDict(loss) && !isSavedObject(loss) ? Object.values(loss) : [loss];
    for (const identifier of all) checkIdentifier(identifier);
    if (outputNames !== null) this.#entries = this.#resolve(outputNames, outputNames.length);
  }

  #resolve(names: readonly string[] | null, count: number): Entry[] {
    const identifiers = perOutput<losses.LossIdentifier>("loss", this.#loss, names, count);
    const weights = perOutput<number>("lossWeights", this.#weights, names, count);
    for (const weight of weights) {
      if (weight !== null && !Number.isFinite(weight)) {
        throw new ValueError(`\`lossWeights\` must hold finite numbers. Received: ${String(weight)}`);
      }
    }
    const entries: Entry[] = [];
    identifiers.forEach((identifier, index) => {
      if (identifier !== null) entries.push({ identifier, weight: weights[index] ?? null, index });
    });
    return entries;
  }

  /** Means of the outputs' losses, where there are several. */
  get metrics(): Mean[] {
    return (this.#entries ?? []).flatMap(({ tracker }) => (tracker ? [tracker] : []));
  }

  /** Places of the outputs that have a loss; `null` before it is known how many outputs there are. */
  get used(): readonly number[] | null {
    return this.#entries?.map(({ index }) => index) ?? null;
  }

  /** For each output with a loss on class indices: its place, the axis of the classes and the ignored label. */
  sparse(): { index: number; axis: number; ignoreClass: number | null }[] {
    return (this.#entries ?? []).flatMap(({ loss, index }) => {
      if (loss instanceof SparseCategoricalCrossentropy)
        return [{ index, axis: loss.axis, ignoreClass: loss.ignoreClass }];
      if (loss instanceof LossFunctionWrapper && loss.fn === sparseCategoricalCrossentropy)
        return [{ index, axis: -1, ignoreClass: null }];
      return [];
    });
  }

  /** Chooses the losses that depend on shapes, and makes the trackers. */
  build(
    targets: readonly (Tensor | null)[],
    predictions: readonly Tensor[],
    names: readonly string[],
    byDict: boolean,
  ): void {
    if (this.#built) return;
    this.#names = names;
    this.#entries ??= this.#resolve(names, predictions.length);
    const entries = this.#entries;
    if (byDict && isDict(this.#loss) && !isSavedObject(this.#loss)) {
      const order = Object.keys(this.#loss);
      entries.sort((a, b) => order.indexOf(names[a.index] as string) - order.indexOf(names[b.index] as string));
    }
    for (const entry of entries) {
      entry.loss = instantiate(entry.identifier, targets[entry.index] ?? null, predictions[entry.index] as Tensor);
    }
    if (entries.length > 1)
      for (const entry of entries) entry.tracker = new Mean({ name: `${names[entry.index]}_loss` });
    this.#built = true;
  }

  /** The weighted sum of the outputs' losses; `null` if no output has one. */
  call(
    targets: readonly (Tensor | null)[],
    predictions: readonly Tensor[],
    sampleWeights: readonly (Tensor | null)[],
  ): Tensor | null {
    let total: Tensor | null = null;
    for (const { loss, weight, index, tracker } of this.#entries ?? []) {
      const target = targets[index];
      const prediction = predictions[index] as Tensor;
      if (!target) {
        throw new ValueError(`Output "${this.#names[index]}" has a loss, but no target was given for it.`);
      }
      const value = (loss as Loss).invoke(target, prediction, sampleWeights[index] ?? null);
      if (value.shape.length > 0) {
        throw new ValueError(
          `The loss of output "${this.#names[index]}" has shape (${value.shape.join(", ")}); training needs one number. ` +
            'Use a reduction such as "sum_over_batch_size".',
        );
      }
      tracker?.updateState(value, prediction.shape[0] ?? 1);
      const weighted: Tensor = weight === null ? value : value.multiply(weight);
      total = total === null ? weighted : total.add(weighted);
    }
    return total;
  }
}

function checkIdentifier(identifier: losses.LossIdentifier | null): void {
  if (identifier === null || identifier === undefined) return;
  if (typeof identifier === "string" && AUTOMATIC.includes(identifier.toLowerCase())) return;
  losses.get(identifier);
}

function instantiate(identifier: losses.LossIdentifier, target: Tensor | null, prediction: Tensor): Loss {
  let found: Loss | LossFunction;
  if (typeof identifier === "string" && AUTOMATIC.includes(identifier.toLowerCase()) && target) {
    const { binary, sparse } = isBinaryOrSparse(target, prediction);
    found = binary ? binaryCrossentropy : sparse ? sparseCategoricalCrossentropy : categoricalCrossentropy;
  } else found = losses.get(identifier);
  if (found instanceof Loss) return found;
  const name = typeof identifier === "string" ? identifier : toSnakeCase(found.name || "loss");
  return new LossFunctionWrapper(found, { name });
}
