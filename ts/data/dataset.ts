import { flatten, mapStructure, pack, type Structure } from "../engine/nest.js";
import { makeDefaultSeed, randomIntegers } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { arraysOf, gather, type Leaf, partsOf, samplesOf, slice, stack } from "./elements.js";
import { inParallel } from "./in-parallel.js";

/** Options of {@link Dataset.batch}. */
export interface BatchOptions {
  /** Whether a last batch that is smaller is left out. Default `false`. */
  dropRemainder?: boolean;
}

/** Options of {@link Dataset.shuffle}. */
export interface ShuffleOptions {
  /** A whole number: the same order in every program. Default: one from the global source of seeds. */
  seed?: number | null;
  /** Whether each pass has another order. Default `true`. */
  reshuffleEachIteration?: boolean;
}

/** Options of {@link Dataset.map}. */
export interface MapOptions {
  /** How many calls of an asynchronous function run at once; the order stays. Default 1. */
  numParallelCalls?: number;
}

/** Arrays that lie in memory, with the order of a pass over them: batches are cut from them at once. */
interface Table {
  readonly structure: Structure<unknown>;
  readonly leaves: readonly Leaf[];
  readonly order: () => Int32Array;
}

const isIterable = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);

const whole = (method: string, name: string, value: unknown, least: number): number => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw new ValueError(
      `Dataset.${method}: expected \`${name}\` to be a whole number from ${least}, got ${describe(value)}.`,
    );
  }
  return value;
};

/**
 * A sequence of elements that can be walked any number of times: pass by pass, element by element, made when they are asked for.
 *
 * An element is a tensor, a string, a list such as `[x, y]`, or a dict of these; after {@link batch} it is what `fit`, `evaluate` and
 * `predict` take. Every method gives a new dataset and leaves this one as it is.
 *
 * @example
 * const data = keras.data.Dataset.fromTensorSlices([images, labels])
 *   .shuffle(1024)
 *   .map((image, label) => [image.divide(255), label])
 *   .batch(32)
 *   .prefetch(2);
 * await model.fit(data, { epochs: 5 });
 *
 * The names are those of TensorFlow's `tf.data.Dataset`, which Keras takes.
 */
// biome-ignore lint/suspicious/noExplicitAny: elements have the types that the caller's functions give them.
export class Dataset<T = any> implements AsyncIterable<T> {
  /** The classes of labels, where the data came from a folder; `null` without labels. */
  classNames: string[] | null = null;
  /** The files of the samples, where the data came from a folder; in their order before any shuffling of a pass. */
  filePaths: string[] | null = null;
  /** Samples in a batch, where the last thing done was {@link batch} or {@link paddedBatch}; `null` elsewhere. */
  batchSize: number | null = null;
  readonly #open: () => AsyncIterable<T> | Iterable<T>;
  readonly #cardinality: number | null;
  readonly #table: Table | undefined;

  /** @internal Made by the static methods. */
  private constructor(open: () => AsyncIterable<T> | Iterable<T>, cardinality: number | null, table?: Table) {
    this.#open = open;
    this.#cardinality = cardinality;
    this.#table = table;
  }

  // ---- sources ----

  /**
   * The samples of arrays: element `i` has row `i` of each.
   *
   * @param arrays A tensor, strings or nested arrays of numbers, or a list or dict of such. A list of nothing but numbers is one array; make
   *   tensors of the parts of a list.
   * @throws ValueError unless all have the same number of samples.
   */
  static fromTensorSlices(arrays: unknown): Dataset {
    const structure = arraysOf(arrays);
    const leaves = flatten<Leaf>(structure);
    const samples = samplesOf(leaves);
    return Dataset.#ofTable({
      structure: mapStructure(structure, () => null),
      leaves,
      order: () => Int32Array.from({ length: samples }, (_, index) => index),
    });
  }

  static #ofTable(table: Table): Dataset {
    const rows = function* () {
      for (const index of table.order())
        yield pack(
          table.structure,
          table.leaves.map((leaf) => slice(leaf, index)),
        );
    };
    return new Dataset(rows, table.order().length, table);
  }

  /** One element: the arrays as they are. */
  static fromTensors(arrays: unknown): Dataset {
    const element = arraysOf(arrays);
    return new Dataset(() => [element], 1);
  }

  /** What an iterable, or the function that makes one for every pass, gives. A generator object can be walked once only. */
  static fromGenerator<T>(
    generator: Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>),
  ): Dataset<T> {
    if (typeof generator !== "function" && !isIterable(generator)) {
      throw new InvalidTypeError(
        `Dataset.fromGenerator: expected an iterable or a function that makes one, got ${describe(generator)}.`,
      );
    }
    return new Dataset<T>(() => {
      const made: unknown = typeof generator === "function" ? generator() : generator;
      if (isIterable(made)) return made as Iterable<T>;
      throw new InvalidTypeError(
        `Dataset.fromGenerator: expected the function to return an iterable, got ${describe(made)}.`,
      );
    }, null);
  }

  /** The numbers from `start` (default 0) to before `stop`, by `step` (default 1): `range(5)`, `range(1, 5)`, `range(1, 5, 2)`. */
  static range(...bounds: [stop: number] | [start: number, stop: number, step?: number]): Dataset<number> {
    const [start, stop, step = 1] = bounds.length === 1 ? [0, bounds[0]] : (bounds as [number, number, number?]);
    if (!Number.isFinite(start) || !Number.isFinite(stop) || !Number.isFinite(step) || step === 0) {
      throw new ValueError(`Dataset.range: expected numbers and a step that is not 0, got ${bounds.join(", ")}.`);
    }
    const count = Math.max(0, Math.ceil((stop - start) / step));
    const numbers = function* () {
      for (let index = 0; index < count; index++) yield start + index * step;
    };
    return new Dataset<number>(numbers, count);
  }

  /** Lists of one element of each dataset, until the first ends. */
  static zip(...datasets: Dataset[]): Dataset {
    const all = datasets.map((dataset) => {
      if (dataset instanceof Dataset) return dataset;
      throw new InvalidTypeError(`Dataset.zip: expected datasets, got ${describe(dataset)}.`);
    });
    const counts = all.map((dataset) => dataset.cardinality());
    const open = async function* () {
      const iterators = all.map((dataset) => dataset[Symbol.asyncIterator]());
      try {
        while (iterators.length > 0) {
          const nexts = [];
          for (const iterator of iterators) nexts.push(await iterator.next());
          if (nexts.some(({ done }) => done)) return;
          yield nexts.map(({ value }) => value);
        }
      } finally {
        for (const iterator of iterators) await iterator.return?.();
      }
    };
    return new Dataset(open, counts.includes(null) ? null : Math.min(...(counts as number[])));
  }

  // ---- what it holds ----

  /** Number of elements of a pass; `null` where only walking it would tell, `Infinity` where it has no end. */
  cardinality(): number | null {
    return this.#cardinality;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* this.#open();
  }

  /** All elements in a list. */
  async toArray(): Promise<T[]> {
    if (this.#cardinality === Infinity)
      throw new ValueError("Dataset.toArray: the dataset is endless. `take` a part of it.");
    const all: T[] = [];
    for await (const element of this) all.push(element);
    return all;
  }

  #derive<U>(
    open: (source: AsyncIterable<T>) => AsyncIterable<U>,
    cardinality: (count: number) => number | null = (count) => count,
  ): Dataset<U> {
    const derived = new Dataset<U>(
      () => open(this),
      this.#cardinality === null ? null : cardinality(this.#cardinality),
    );
    derived.classNames = this.classNames;
    derived.filePaths = this.filePaths;
    return derived;
  }

  #reorder(order: (before: Int32Array) => Int32Array): Dataset<T> {
    const table = this.#table as Table;
    const derived = Dataset.#ofTable({ ...table, order: () => order(table.order()) }) as Dataset<T>;
    derived.classNames = this.classNames;
    return derived;
  }

  // ---- what is made of it ----

  /**
   * Elements put together: every tensor gets a new first dimension of `batchSize`, that of the last batch may be smaller.
   *
   * @throws ValueError, when it is walked, for elements of different structures or shapes.
   */
  batch(batchSize: number, options: BatchOptions = {}): Dataset {
    const size = whole("batch", "batchSize", batchSize, 1);
    const { dropRemainder = false } = options;
    const table = this.#table;
    if (table === undefined) return this.#batched(size, dropRemainder, false);
    const cut = function* () {
      const order = table.order();
      for (let from = 0; from < order.length; from += size) {
        const indices = order.subarray(from, from + size);
        if (dropRemainder && indices.length < size) return;
        yield pack(
          table.structure,
          table.leaves.map((leaf) => gather(leaf, indices)),
        );
      }
    };
    const derived = new Dataset(cut, batchCount(this.#cardinality as number, size, dropRemainder));
    return Object.assign(derived, { classNames: this.classNames, batchSize: size });
  }

  /** As {@link batch}, where tensors of different shapes are filled up with zeros to the largest of the batch. */
  paddedBatch(batchSize: number, options: BatchOptions = {}): Dataset {
    return this.#batched(whole("paddedBatch", "batchSize", batchSize, 1), options.dropRemainder ?? false, true);
  }

  #batched(size: number, dropRemainder: boolean, pads: boolean): Dataset {
    const derived = this.#derive(
      async function* (source) {
        let waiting: unknown[] = [];
        for await (const element of source) {
          waiting.push(element);
          if (waiting.length < size) continue;
          yield stack(waiting, pads);
          waiting = [];
        }
        if (waiting.length > 0 && !dropRemainder) yield stack(waiting, pads);
      },
      (count) => batchCount(count, size, dropRemainder),
    );
    return Object.assign(derived, { batchSize: size });
  }

  /** The rows of batches as elements: the way back from {@link batch}. */
  unbatch(): Dataset {
    return this.#derive(
      async function* (source) {
        for await (const element of source) {
          const structure = partsOf(element);
          const leaves = flatten<Leaf>(structure);
          for (let row = 0; row < samplesOf(leaves); row++)
            yield pack(
              structure,
              leaves.map((leaf) => slice(leaf, row)),
            );
        }
      },
      () => null,
    );
  }

  /**
   * The elements in another order: each is drawn from the next `bufferSize` ones. Mixes all where that is not less than the number of
   * elements.
   */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<T> {
    const size = whole("shuffle", "bufferSize", bufferSize, 1);
    const { seed = null, reshuffleEachIteration = true } = options;
    if (seed !== null) whole("shuffle", "seed", seed, 0);
    const fixed = seed ?? (reshuffleEachIteration ? null : makeDefaultSeed());
    let pass = 0;
    const mixer = <E>() => {
      if (fixed === null) return new Mixer<E>(size, randomIntegers(makeDefaultSeed()));
      // passes of one seed are far apart
      return new Mixer<E>(size, randomIntegers(fixed + (reshuffleEachIteration ? 0x517cc1b7 * pass++ : 0)));
    };
    if (this.#table) return this.#reorder((before) => Int32Array.from(mixed(before, mixer<number>())));
    return this.#derive(async function* (source) {
      const buffer = mixer<T>();
      for await (const element of source) yield* buffer.add(element);
      yield* buffer.rest();
    });
  }

  /**
   * What a function makes of each element. The parts of a list come as arguments: `(x, y) => …` for elements `[x, y]`.
   *
   * @param fn May return a promise.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are the parts of T.
  map<U>(fn: (...parts: any[]) => U | Promise<U>, options: MapOptions = {}): Dataset<U> {
    const parallel = whole("map", "numParallelCalls", options.numParallelCalls ?? 1, 1);
    const call = caller(fn, "map");
    if (parallel > 1) return this.#derive((source) => inParallel(source, call, { parallel, waiting: parallel }));
    return this.#derive(async function* (source) {
      for await (const element of source) yield await call(element);
    });
  }

  /** The elements of what a function makes of each element: a dataset or another iterable. Its arguments are as for {@link map}. */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are the parts of T.
  flatMap<U>(fn: (...parts: any[]) => AsyncIterable<U> | Iterable<U>): Dataset<U> {
    const call = caller(fn, "flatMap");
    return this.#derive(
      async function* (source) {
        for await (const element of source) {
          const made: unknown = await call(element);
          if (!isIterable(made)) {
            throw new InvalidTypeError(
              `Dataset.flatMap: expected the function to return a dataset or an iterable, got ${describe(made)}.`,
            );
          }
          yield* made as Iterable<U>;
        }
      },
      () => null,
    );
  }

  /** The elements for which a function is true. Its arguments are as for {@link map}. */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are the parts of T.
  filter(predicate: (...parts: any[]) => unknown): Dataset<T> {
    const call = caller(predicate, "filter");
    return this.#derive(
      async function* (source) {
        for await (const element of source) {
          const answer = await call(element);
          if (answer instanceof Tensor ? answer.item() !== 0 : answer) yield element;
        }
      },
      () => null,
    );
  }

  /** Up to `bufferSize` elements are made before they are asked for. */
  prefetch(bufferSize: number): Dataset<T> {
    const waiting = whole("prefetch", "bufferSize", bufferSize, 1);
    return this.#derive((source) => inParallel(source, (element) => element, { parallel: 1, waiting }));
  }

  /** The first `count` elements. */
  take(count: number): Dataset<T> {
    const most = whole("take", "count", count, 0);
    if (this.#table) return this.#reorder((before) => before.subarray(0, most));
    return this.#derive(
      async function* (source) {
        let taken = 0;
        if (most === 0) return;
        for await (const element of source) {
          yield element;
          if (++taken === most) return;
        }
      },
      (all) => Math.min(all, most),
    );
  }

  /** The elements after the first `count`. */
  skip(count: number): Dataset<T> {
    const least = whole("skip", "count", count, 0);
    if (this.#table) return this.#reorder((before) => before.subarray(least));
    return this.#derive(
      async function* (source) {
        let seen = 0;
        for await (const element of source) if (seen++ >= least) yield element;
      },
      (all) => Math.max(0, all - least),
    );
  }

  /** The elements `count` times over; without a number, without end: training on it needs `stepsPerEpoch`. */
  repeat(count?: number | null): Dataset<T> {
    const times = count == null ? Infinity : whole("repeat", "count", count, 0);
    return this.#derive(
      async function* (source) {
        for (let pass = 0; pass < times; pass++) {
          let some = false;
          for await (const element of source) {
            some = true;
            yield element;
          }
          if (!some) return;
        }
      },
      (all) => (all === 0 || times === 0 ? 0 : all * times),
    );
  }

  /** These elements, then those of another dataset. */
  concatenate<U>(other: Dataset<U>): Dataset<T | U> {
    const [own, its] = [this.cardinality(), other.cardinality()];
    const open = async function* (this: Dataset<T>) {
      yield* this;
      yield* other;
    };
    return new Dataset<T | U>(open.bind(this), own === null || its === null ? null : own + its);
  }

  /** `[number, element]`, counted from `start`. */
  enumerate(start = 0): Dataset<[number, T]> {
    return this.#derive(async function* (source): AsyncGenerator<[number, T]> {
      let index = start;
      for await (const element of source) yield [index++, element];
    });
  }

  /** Keeps the elements of the first whole pass in memory and gives those from then on. */
  cache(): Dataset<T> {
    let kept: T[] | undefined;
    return this.#derive(async function* (source) {
      if (kept) return yield* kept;
      const all: T[] = [];
      for await (const element of source) {
        all.push(element);
        yield element;
      }
      kept = all;
    });
  }
}

const batchCount = (samples: number, size: number, dropRemainder: boolean): number =>
  dropRemainder ? Math.floor(samples / size) : Math.ceil(samples / size);

/** Calls a function of the user's on an element, with the parts of a list as arguments. */
function caller<U>(fn: (...parts: never[]) => U, method: string): (element: unknown) => U {
  if (typeof fn !== "function")
    throw new InvalidTypeError(`Dataset.${method}: expected a function, got ${describe(fn)}.`);
  const call = fn as (...parts: unknown[]) => U;
  return (element) => (Array.isArray(element) ? call(...element) : call(element));
}

/** A buffer of the next elements, from which each is drawn. */
class Mixer<T> {
  readonly #buffer: T[] = [];
  readonly #size: number;
  readonly #below: (bound: number) => number;

  constructor(size: number, below: (bound: number) => number) {
    this.#size = size;
    this.#below = below;
  }

  /** Takes one in, and gives one out when the buffer is full. */
  *add(element: T): Generator<T> {
    if (this.#buffer.length === this.#size) {
      const place = this.#below(this.#size);
      yield this.#buffer[place] as T;
      this.#buffer[place] = element;
    } else this.#buffer.push(element);
  }

  /** Gives out what is left. */
  *rest(): Generator<T> {
    const buffer = this.#buffer;
    while (buffer.length > 0) {
      const place = this.#below(buffer.length);
      yield buffer[place] as T;
      buffer[place] = buffer.at(-1) as T;
      buffer.pop();
    }
  }
}

function* mixed<T>(source: Iterable<T>, mixer: Mixer<T>): Generator<T> {
  for (const element of source) yield* mixer.add(element);
  yield* mixer.rest();
}
