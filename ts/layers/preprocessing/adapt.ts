import { isDict } from "../../engine/nest.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { describe } from "../../engine/shape.js";
import { type NestedStrings, StringTensor, toStrings } from "../../engine/string-tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";

/** Batches: something to iterate, or a function that gives it. Of a batch `[x, y]` only `x` counts. */
export type Batches<T> = Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>);

/** What a layer of strings can learn from: documents (lists of strings) or single strings. */
export type StringData = NestedStrings | StringTensor;

/** A layer that learns from batches of strings. */
interface StringLearner {
  readonly name: string;
  resetState(): void;
  updateState(data: StringData): void;
  finalizeState(): void;
}

/** Options of `adapt`. */
export interface AdaptOptions {
  /** How many batches to look at. Default: all. */
  steps?: number | null;
}

/**
 * Walks batches and then finishes. With an async iterable it takes time, and the result is a promise.
 *
 * @throws InvalidTypeError for what is no iterable; ValueError when there are no batches.
 */
export function adaptTo(
  who: string,
  batches: unknown,
  { steps }: AdaptOptions,
  update: (batch: unknown) => void,
  finish: () => void,
): void | Promise<void> {
  if (steps != null) positiveInteger(who, "steps", steps);
  const source: unknown = typeof batches === "function" ? batches() : batches;
  const object = Object(source) as object;
  let seen = 0;
  /** Whether there is room for one more. */
  const take = (batch: unknown): boolean => {
    update(Array.isArray(batch) && batch.length > 1 && !isPlain(batch[0]) ? batch[0] : batch);
    seen++;
    return steps == null || seen < steps;
  };
  const end = (): void => {
    if (seen === 0) throw new ValueError(`${who}: received no batches. Expected at least one.`);
    finish();
  };
  if (Symbol.asyncIterator in object) {
    return (async () => {
      for await (const batch of source as AsyncIterable<unknown>) if (!take(batch)) break;
      end();
    })();
  }
  if (!(Symbol.iterator in object)) {
    throw new InvalidTypeError(`${who}: expected data or an iterable of batches, got ${describe(batches)}.`);
  }
  for (const batch of source as Iterable<unknown>) if (!take(batch)) break;
  return end();
}

/** Lets a layer learn anew from strings, of which each in a plain list is a document, or from batches of them. */
export function adaptToStrings(
  layer: StringLearner,
  data: StringData | Batches<StringData>,
  options: AdaptOptions,
): void | Promise<void> {
  const who = `${layer.name}.adapt`;
  layer.resetState();
  const finish = (): void => layer.finalizeState();
  if (typeof data !== "string" && !Array.isArray(data) && !(data instanceof StringTensor)) {
    return adaptTo(who, data, options, (batch) => layer.updateState(batch as StringData), finish);
  }
  const strings = toStrings(data, who);
  layer.updateState(strings.ndim === 1 ? new StringTensor(strings.values, [...strings.shape, 1]) : strings);
  finish();
}

/** Whether a value is an element of nested arrays rather than a tensor or typed array. */
function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null || Array.isArray(value) || isDict(value);
}
