import { toSnakeCase } from "../engine/config.js";
import { flattenWithPath, isDict } from "../engine/nest.js";
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
import { type Form, forOutput, isSavedObject, lossNames, type Outputs, perOutput, valuesOf } from "./outputs.js";
import { isBinaryOrSparse } from "./selection.js";

/** A loss for all outputs, or one an output: by list, by output name, or in the structure of the outputs. `null` leaves an output out. */
export type LossSpec =
  | losses.LossIdentifier
  | readonly (LossSpec | null)[]
  | { readonly [output: string]: LossSpec | null };

/** Weights of the outputs' losses in the total: a number for all, a list, a dict by output name, or in the structure of the outputs. */
export type LossWeights = number | readonly (LossWeights | null)[] | { readonly [output: string]: LossWeights | null };

const LOSS: Form = { what: "loss", lists: false, partial: false };
const WEIGHTS: Form = { what: "lossWeights", lists: false, partial: true };

interface Entry {
  readonly identifier: losses.LossIdentifier;
  readonly weight: number | null;
  /** The output's place. */
  readonly index: number;
  loss?: Loss;
  tracker?: Mean;
}

const AUTOMATIC = ["crossentropy", "ce"];

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
  constructor(loss: LossSpec, weights: LossWeights | undefined, outputs: Outputs | null) {
    this.#loss = loss;
    this.#weights = weights;
    for (const identifier of valuesOf(loss)) checkIdentifier(identifier as losses.LossIdentifier);
    for (const weight of valuesOf(weights)) {
      if (typeof weight !== "number" || !Number.isFinite(weight)) {
        throw new ValueError(`\`lossWeights\` must hold finite numbers. Received: ${String(weight)}`);
      }
    }
    if (outputs !== null) this.#entries = this.#resolve(outputs);
  }

  #resolve(outputs: Outputs): Entry[] {
    const identifiers = perOutput(LOSS, this.#loss, outputs) as (losses.LossIdentifier | null)[];
    const weights = perOutput(WEIGHTS, this.#weights, outputs) as (number | null)[];
    const unweighted = outputs.names.filter((_, index) => identifiers[index] !== null && weights[index] === null);
    if (this.#weights !== undefined && unweighted.length > 0) {
      const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
      throw new ValueError(
        `\`lossWeights\` must give a weight to every output that has a loss; missing: ${list(unweighted)}. ` +
          `The outputs are: ${list(outputs.names)}.`,
      );
    }
    return identifiers.flatMap((identifier, index) =>
      identifier === null ? [] : [{ identifier, weight: weights[index] ?? null, index }],
    );
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
  build(targets: readonly (Tensor | null)[], predictions: readonly Tensor[], outputs: Outputs): void {
    if (this.#built) return;
    this.#names = outputs.names;
    this.#entries ??= this.#resolve(outputs);
    const entries = this.#entries;
    const { structure } = outputs;
    if (isDict(structure) && isDict(this.#loss) && !isSavedObject(this.#loss)) {
      // where outputs are a dict, `evaluate` lists their losses in the order in which the losses were given, as Keras does
      const order = Object.keys(this.#loss);
      const places = flattenWithPath(structure).map(({ path }) => order.indexOf(String(path[0])));
      entries.sort((a, b) => (places[a.index] as number) - (places[b.index] as number));
    }
    for (const entry of entries) {
      entry.loss = instantiate(entry.identifier, targets[entry.index] ?? null, predictions[entry.index] as Tensor);
    }
    if (entries.length > 1) this.#track(entries, outputs);
    this.#built = true;
  }

  #track(entries: readonly Entry[], outputs: Outputs): void {
    const own: (string | null)[] = outputs.names.map(() => null);
    for (const { index, loss } of entries) own[index] = loss?.name ?? null;
    const names = lossNames(outputs, own);
    const used = new Map<string, number>();
    for (const entry of entries) {
      const name = `${names[entry.index]}_loss`;
      const count = used.get(name) ?? 0;
      used.set(name, count + 1);
      entry.tracker = new Mean({ name: count === 0 ? name : `${name}_${count}` });
    }
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
      const value = forOutput(`loss "${loss?.name}"`, this.#names[index], [target, prediction], () =>
        (loss as Loss).invoke(target, prediction, sampleWeights[index] ?? null),
      );
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

function checkIdentifier(identifier: losses.LossIdentifier): void {
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
