import { NotImplementedError, ValueError } from "../errors.js";
import { inParallel } from "./in-parallel.js";

/** Options of {@link PyDataset}. */
export interface PyDatasetOptions {
  /** How many batches are made at once: so many calls of an asynchronous `getItem` run at the same time. Default 1. */
  workers?: number;
  /** Not supported: `true` is an error. Default `false`. */
  useMultiprocessing?: boolean;
  /** At most so many batches wait to be used, where there are several workers. Default 10. */
  maxQueueSize?: number;
}

const count = (name: string, value: number): number => {
  if (!Number.isInteger(value) || value < 0) {
    throw new ValueError(`PyDataset: \`${name}\` must be a whole number from 0. Received: ${name}=${String(value)}`);
  }
  return value;
};

/**
 * Base class of data that is made batch by batch, by number: unlike a generator, it can be shuffled and made by several workers, and every
 * epoch sees every batch once.
 *
 * A subclass has `getItem(index)`, which returns a whole batch (`[x]`, `[x, y]` or `[x, y, sampleWeight]`) or a promise of one, and `length`,
 * the number of batches. `onEpochBegin` and `onEpochEnd` may change it between epochs.
 *
 * Workers overlap what is asynchronous (files, network); they are no threads. For work of the processor itself, let `getItem` await a
 * `worker_threads` worker.
 *
 * @example
 * class Pictures extends keras.utils.PyDataset<[keras.Tensor, keras.Tensor]> {
 *   get length() { return 100; }
 *   async getItem(index: number) { return [await read(index), labels.at(index)]; }
 * }
 * await model.fit(new Pictures({ workers: 4 }));
 * Source: `keras.utils.PyDataset`, where these are `__getitem__` and `__len__`.
 */
export abstract class PyDataset<B = unknown> {
  workers: number;
  readonly useMultiprocessing: boolean;
  maxQueueSize: number;

  /** @throws ValueError for numbers that are not whole; NotImplementedError for `useMultiprocessing`. */
  constructor({ workers = 1, useMultiprocessing = false, maxQueueSize = 10 }: PyDatasetOptions = {}) {
    this.workers = count("workers", workers);
    this.maxQueueSize = count("maxQueueSize", maxQueueSize);
    this.useMultiprocessing = useMultiprocessing;
    if (useMultiprocessing) {
      throw new NotImplementedError(
        "PyDataset: `useMultiprocessing` is not supported: a JavaScript object cannot be copied into another process. " +
          "Let `getItem` await a worker of node:worker_threads, and set `workers` to the number of those.",
      );
    }
  }

  /** The batch at a place. */
  abstract getItem(index: number): B | Promise<B>;

  /** Number of batches. Override this or {@link numBatches}. */
  get length(): number | undefined {
    return undefined;
  }

  /** Number of batches, or `null` for an endless dataset, which needs `stepsPerEpoch`. Default: {@link length}. */
  get numBatches(): number | null {
    return this.length ?? null;
  }

  /** Called before every epoch. */
  onEpochBegin(): void | Promise<void> {}

  /** Called after every epoch. */
  onEpochEnd(): void | Promise<void> {}

  /** The batches in order, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    for (const index of indices(this.numBatches)) yield await this.getItem(index);
  }
}

/** What of a {@link PyDataset} is needed to train on it: classes that look like one will do. */
export type PyDatasetLike = Pick<PyDataset, "getItem"> &
  Partial<Pick<PyDataset, "workers" | "maxQueueSize" | "length" | "numBatches" | "onEpochBegin" | "onEpochEnd">>;

export function isPyDataset(value: unknown): value is PyDatasetLike {
  return typeof value === "object" && value !== null && typeof (value as PyDatasetLike).getItem === "function";
}

/** Number of batches; `null` where it is endless. */
export function batchCount(dataset: PyDatasetLike): number | null {
  return dataset.numBatches ?? dataset.length ?? null;
}

function* indices(end: number | null): Generator<number> {
  for (let index = 0; end === null || index < end; index++) yield index;
}

/** The batches in the order of `order` (default: their own), made by the dataset's workers. */
export function batchesOf(dataset: PyDatasetLike, order: Iterable<number> | null): AsyncGenerator<unknown, void> {
  const parallel = Math.max(1, dataset.workers ?? 1);
  const waiting = parallel === 1 ? 1 : Math.max(parallel, dataset.maxQueueSize ?? 10);
  return inParallel(order ?? indices(batchCount(dataset)), (index) => dataset.getItem(index), { parallel, waiting });
}
