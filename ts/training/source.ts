import { makeDefaultSeed } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { isArrayObject } from "./array.js";
import { type Batch, gatherBatch, sliceBatch } from "./batch.js";
import type { BatchesInput } from "./options.js";

/** Where the batches of a run come from. */
export interface Source {
  /** Batches in an epoch, where that is known. */
  readonly steps: number | null;
  /** Set where all samples lie in arrays: an epoch can be one native call. */
  readonly arrays: { readonly batch: Batch; readonly batchSize: number; readonly shuffle: boolean } | null;
  /** The batches of the next epoch. */
  epoch(): AsyncIterable<Batch>;
}

/** Whether data comes in batches: from a function, or something that can be iterated and is no array. */
export function isBatches(value: unknown): value is BatchesInput {
  if (
    value === null ||
    value === undefined ||
    typeof value === "string" ||
    Array.isArray(value) ||
    isArrayObject(value)
  )
    return false;
  return typeof value === "function" || Symbol.asyncIterator in Object(value) || Symbol.iterator in Object(value);
}

/** Numbers 0 … n-1 in an order that depends on the seed only (Fisher-Yates over splitmix32). */
function permutation(n: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index);
  let state = seed >>> 0;
  for (let last = n - 1; last > 0; last--) {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    const other = Math.floor((((z ^ (z >>> 15)) >>> 0) / 2 ** 32) * (last + 1));
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

async function* slices(batch: Batch, batchSize: number, shuffle: boolean): AsyncGenerator<Batch> {
  const order = shuffle ? permutation(batch.samples, makeDefaultSeed()) : null;
  for (let from = 0; from < batch.samples; from += batchSize) {
    const to = Math.min(from + batchSize, batch.samples);
    yield order ? gatherBatch(batch, order.subarray(from, to)) : sliceBatch(batch, from, to);
  }
}

/** Batches cut from arrays. With `steps` an epoch takes so many of them, and the next goes on where it stopped. */
export function arraySource(
  batch: Batch,
  options: { batchSize: number; shuffle: boolean; steps: number | null },
): Source {
  const { batchSize, shuffle, steps } = options;
  if (steps === null) {
    return {
      steps: Math.ceil(batch.samples / batchSize),
      arrays: { batch, batchSize, shuffle },
      epoch: () => slices(batch, batchSize, shuffle),
    };
  }
  let current: AsyncIterator<Batch> | undefined;
  return {
    steps,
    arrays: null,
    async *epoch() {
      for (let step = 0; step < steps; step++) {
        let next = await current?.next();
        if (!next || next.done) {
          current = slices(batch, batchSize, shuffle);
          next = await current.next();
        }
        if (!next.done) yield next.value;
      }
    },
  };
}

type Iteration = Iterator<unknown> | AsyncIterator<unknown>;

/** Batches from JavaScript. With `steps` an epoch takes so many of them, and the next goes on where it stopped. */
export function batchSource(
  method: string,
  input: BatchesInput,
  steps: number | null,
  convert: (item: unknown) => Batch,
): Source {
  const make = typeof input === "function" ? input : () => input;
  let known: number | null = steps;
  let current: Iteration | undefined;
  /** Generator objects can be walked once. */
  let spent = false;
  const start = (): Iteration => {
    const made: unknown = make();
    if (!Array.isArray(made) && (!isBatches(made) || typeof made === "function")) {
      throw new InvalidTypeError(
        `${method}: expected the function to return an iterable of batches, got ${describe(made)}.`,
      );
    }
    const iterator =
      Symbol.asyncIterator in made ? made[Symbol.asyncIterator]() : (made as Iterable<unknown>)[Symbol.iterator]();
    if ((iterator as unknown) === input) {
      if (spent) {
        throw new ValueError(
          `${method}: the generator ran out of batches. It can be walked once: pass the function that makes it, so that every epoch gets a new one, or set the number of steps.`,
        );
      }
      spent = true;
    }
    return iterator;
  };
  return {
    get steps() {
      return known;
    },
    arrays: null,
    async *epoch() {
      current ??= start();
      let count = 0;
      try {
        while (steps === null || count < steps) {
          const next = await current.next();
          if (next.done) {
            current = undefined;
            break;
          }
          count++;
          yield convert(next.value);
        }
      } finally {
        // without a number of steps every epoch starts anew, also after one that was broken off
        if (steps === null) {
          const ended = current;
          current = undefined;
          await ended?.return?.();
        }
      }
      if (count === 0) throw new ValueError(`${method}: the data holds no batches.`);
      known ??= count;
    },
  };
}

/** A batch's parts: a list is `[x, y, sampleWeight]`, anything else is `x` alone. */
export function unpackBatch(item: unknown): { x: unknown; y?: unknown; sampleWeight?: unknown } {
  if (!Array.isArray(item)) return { x: item };
  if (item.length === 0 || item.length > 3) {
    throw new ValueError(`A batch must be [x], [x, y] or [x, y, sampleWeight], got a list of ${item.length}.`);
  }
  return { x: item[0], y: item[1], sampleWeight: item[2] };
}
