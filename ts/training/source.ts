import { batchCount, batchesOf, isPyDataset, type PyDatasetLike } from "../data/py-dataset.js";
import { permutation } from "../engine/permutation.js";
import { makeDefaultSeed } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { isArrayObject } from "./array.js";
import { type Batch, gatherBatch, sliceBatch } from "./batch.js";
import type { BatchesInput } from "./options.js";

/** How samples are mixed: all of them, those within each batch of neighbours, or not at all. */
export type Shuffle = boolean | "batch";

/** Where the batches of a run come from. */
export interface Source {
  /** Batches in an epoch, where that is known. */
  readonly steps: number | null;
  /** Set where all samples lie in arrays: an epoch can be one native call. */
  readonly arrays: { readonly batch: Batch; readonly batchSize: number; readonly shuffle: boolean } | null;
  /** Whether an epoch had fewer batches than it should have, and there will be no more. */
  readonly exhausted: boolean;
  /** The batches of the next epoch. */
  epoch(): AsyncIterable<Batch>;
  /** Lets the next epoch begin with the first batch again, where the data can be walked twice. */
  rewind(): Promise<void>;
}

/** Whether data comes in batches: from a function, by number, or from something that can be iterated and is no array. */
export function isBatches(value: unknown): value is BatchesInput {
  if (
    value === null ||
    value === undefined ||
    typeof value === "string" ||
    Array.isArray(value) ||
    isArrayObject(value)
  )
    return false;
  if (typeof value === "function" || isPyDataset(value)) return true;
  return Symbol.asyncIterator in Object(value) || Symbol.iterator in Object(value);
}

/** Places 0 … n-1 in the order of one epoch. */
function epochOrder(samples: number, batchSize: number, shuffle: Shuffle): Int32Array | null {
  if (shuffle === false) return null;
  if (shuffle === true) return permutation(samples, makeDefaultSeed());
  const order = new Int32Array(samples);
  for (let from = 0; from < samples; from += batchSize) {
    const size = Math.min(batchSize, samples - from);
    order.set(
      permutation(size, makeDefaultSeed()).map((place) => from + place),
      from,
    );
  }
  return order;
}

function* slices(batch: Batch, batchSize: number, shuffle: Shuffle): Generator<Batch> {
  const order = epochOrder(batch.samples, batchSize, shuffle);
  for (let from = 0; from < batch.samples; from += batchSize) {
    const to = Math.min(from + batchSize, batch.samples);
    yield order ? gatherBatch(batch, order.subarray(from, to)) : sliceBatch(batch, from, to);
  }
}

/** What gives items, pass by pass. */
interface Feed<T> {
  /** Items of one pass; `null` where that is not known. */
  count(): number | null;
  /** Begins a pass. */
  open(): AsyncIterator<T> | Iterator<T>;
  /** Whether this was the only pass. */
  spent(): boolean;
  begin?(): void | Promise<void>;
  end?(): void | Promise<void>;
}

/** Batches cut from arrays. With `steps` an epoch takes so many of them, and the next goes on where it stopped. */
export function arraySource(
  batch: Batch,
  { batchSize, shuffle, steps }: { batchSize: number; shuffle: Shuffle; steps: number | null },
): Source {
  const count = Math.ceil(batch.samples / batchSize);
  if ((steps === null || steps === count) && shuffle !== "batch") {
    return {
      steps: count,
      arrays: { batch, batchSize, shuffle },
      exhausted: false,
      async *epoch() {
        yield* slices(batch, batchSize, shuffle);
      },
      rewind: async () => {},
    };
  }
  const feed: Feed<Batch> = {
    count: () => count,
    open: () => slices(batch, batchSize, shuffle),
    spent: () => false,
  };
  return feedSource("", feed, steps ?? count, (item) => item);
}

/** Batches from JavaScript. With `steps` an epoch takes so many of them, and the next goes on where it stopped. */
export function batchSource(
  method: string,
  input: BatchesInput,
  options: { steps: number | null; shuffle: Shuffle },
  convert: (item: unknown) => Batch,
): Source {
  const feed = isPyDataset(input) ? pyDatasetFeed(input, options.shuffle !== false) : iterableFeed(method, input);
  if (options.steps === null && feed.count() === Infinity) {
    throw new ValueError(
      `${method}: the dataset is endless. Set how many batches make an epoch: \`stepsPerEpoch\` (or \`steps\`).`,
    );
  }
  return feedSource(method, feed, options.steps, convert);
}

function pyDatasetFeed(dataset: PyDatasetLike, shuffle: boolean): Feed<unknown> {
  return {
    count: () => batchCount(dataset) ?? Infinity,
    open: () => {
      const count = batchCount(dataset);
      return batchesOf(dataset, shuffle && count !== null ? permutation(count, makeDefaultSeed()) : null);
    },
    spent: () => false,
    begin: () => dataset.onEpochBegin?.(),
    end: () => dataset.onEpochEnd?.(),
  };
}

function iterableFeed(method: string, input: Exclude<BatchesInput, PyDatasetLike>): Feed<unknown> {
  const make = typeof input === "function" ? input : () => input;
  /** Generator objects can be walked once. */
  let spent = false;
  return {
    count: () => (input as { cardinality?: () => number | null }).cardinality?.() ?? null,
    open: () => {
      const made: unknown = make();
      if (!Array.isArray(made) && (!isBatches(made) || typeof made === "function" || isPyDataset(made))) {
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
    },
    spent: () => spent,
  };
}

const RAN_OUT =
  "Your input ran out of data; interrupting training. Make sure that your dataset or generator can generate at least " +
  "`stepsPerEpoch * epochs` batches. You may need to use the `.repeat()` function when building your dataset.";

function feedSource<T>(method: string, feed: Feed<T>, steps: number | null, convert: (item: T) => Batch): Source {
  /** Learnt by counting, where the data does not say it. */
  let counted: number | null = null;
  let current: AsyncIterator<T> | Iterator<T> | undefined;
  let exhausted = false;
  const close = async (): Promise<void> => {
    const ended = current;
    current = undefined;
    await ended?.return?.();
  };
  return {
    get steps() {
      return steps ?? feed.count() ?? counted;
    },
    get exhausted() {
      return exhausted;
    },
    arrays: null,
    rewind: async () => {
      if (!feed.spent()) await close();
    },
    async *epoch() {
      await feed.begin?.();
      let count = 0;
      try {
        while (steps === null || count < steps) {
          const fresh = current === undefined;
          current ??= feed.open();
          let next = await current.next();
          if (next.done && !fresh && count === 0) {
            // the epoch before took exactly what there was
            current = feed.open();
            next = await current.next();
          }
          if (next.done) {
            current = undefined;
            break;
          }
          count++;
          yield convert(await next.value);
        }
      } finally {
        // without a number of steps every epoch starts anew, also after one that was broken off
        if (steps === null) await close();
        await feed.end?.();
      }
      if (count === 0) throw new ValueError(`${method}: the data holds no batches.`);
      counted ??= count;
      if (steps !== null && count < steps) {
        exhausted = feed.spent();
        process.emitWarning(RAN_OUT);
      }
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
