import { Dataset } from "../data/dataset.js";
import { arraysOf, gather, type Leaf, samplesOf, stack } from "../data/elements.js";
import { pythonShuffle } from "../engine/mersenne-twister.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import { makeDefaultSeed } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** Options of {@link splitDataset}. At least one size must be given; the other is what is left. */
export interface SplitOptions {
  /** Samples of the left part: a number of them, or a fraction between 0 and 1. */
  leftSize?: number | null;
  /** Samples of the right part, taken from the end. */
  rightSize?: number | null;
  /** Whether to shuffle before. Default `false`. */
  shuffle?: boolean;
  /** The order depends on it, in Keras as here. */
  seed?: number | null;
}

/**
 * Splits data into two datasets, such as one to train and one to test on.
 *
 * @param dataset A dataset, which is read whole and comes back in batches of its own size if it has such; or arrays: a tensor, nested arrays,
 *   or a list or dict of such.
 * @returns The left and the right part.
 * @example const [train, test] = await keras.utils.splitDataset([x, y], { leftSize: 0.8 });
 * @throws ValueError for sizes that do not fit, and for data of different lengths; InvalidTypeError for what is no data or no size.
 * Source: `keras.utils.split_dataset`.
 */
export async function splitDataset(
  dataset: unknown,
  options: SplitOptions = {},
): Promise<[left: Dataset, right: Dataset]> {
  const { shuffle = false, seed = null } = options;
  checkSizes(options);
  const arrays = dataset instanceof Dataset ? await together(dataset) : toArrays(dataset);
  const leaves = flatten<Leaf>(arrays as Structure<Leaf>);
  const samples = samplesOf(leaves);
  const [left, right] = sizes(options, samples);
  const order = Array.from({ length: samples }, (_, index) => index);
  if (shuffle) pythonShuffle(order, seed ?? makeDefaultSeed() % 1e6);
  const part = (indices: number[]) => {
    const made = Dataset.fromTensorSlices(
      pack(
        arrays,
        leaves.map((leaf) => gather(leaf, indices)),
      ),
    );
    const batchSize = dataset instanceof Dataset ? dataset.batchSize : null;
    return (batchSize === null ? made : made.batch(batchSize)).prefetch(1);
  };
  return [part(order.slice(0, left)), part(order.slice(samples - right))];
}

/** The samples of a dataset as arrays. */
async function together(dataset: Dataset): Promise<unknown> {
  const samples = await (dataset.batchSize === null ? dataset : dataset.unbatch()).toArray();
  if (samples.length === 0) throw new ValueError("splitDataset: the dataset is empty.");
  return stack(samples);
}

function toArrays(data: unknown): unknown {
  if (data === null || data === undefined || typeof data !== "object") {
    throw new InvalidTypeError(`splitDataset: expected a Dataset or arrays, got ${describe(data)}.`);
  }
  return arraysOf(data);
}

const isFraction = (size: number): boolean => size > 0 && size < 1;

function checkSizes({ leftSize = null, rightSize = null }: SplitOptions): void {
  if (leftSize === null && rightSize === null) {
    throw new ValueError(
      "At least one of the `leftSize` or `rightSize` must be specified. Received: leftSize=null and rightSize=null",
    );
  }
  for (const [name, size] of Object.entries({ leftSize, rightSize })) {
    if (size !== null && typeof size !== "number") {
      throw new InvalidTypeError(`Invalid \`${name}\`: expected a number or null, got ${describe(size)}.`);
    }
  }
  if (
    leftSize !== null &&
    rightSize !== null &&
    isFraction(leftSize) &&
    isFraction(rightSize) &&
    leftSize + rightSize > 1
  ) {
    throw new ValueError(
      "The sum of `leftSize` and `rightSize` is greater than 1. It must be less than or equal to 1.",
    );
  }
}

/** Both sizes as numbers of samples. */
function sizes({ leftSize = null, rightSize = null }: SplitOptions, samples: number): [number, number] {
  const count = (name: string, size: number | null): number | null => {
    if (size === null) return null;
    if (isFraction(size)) return roundHalfEven(size * samples);
    if (Number.isInteger(size) && size > 0 && size < samples) return size;
    throw new ValueError(
      `\`${name}\` should be either a positive integer smaller than ${samples}, or a float within the range \`[0, 1]\`. ` +
        `Received: ${name}=${size}`,
    );
  };
  const [left, right] = [count("leftSize", leftSize), count("rightSize", rightSize)];
  const both = [left ?? samples - (right as number), right ?? samples - (left as number)] as [number, number];
  if (both[0] + both[1] > samples) {
    throw new ValueError(
      `The sum of \`leftSize\` and \`rightSize\` should be smaller than the ${samples}. Received: leftSize + rightSize = ${both[0] + both[1]}`,
    );
  }
  if (both.includes(0)) {
    throw new ValueError(
      `With \`dataset\` of length=${samples}, \`leftSize\`=${both[0]} and \`rightSize\`=${both[1]}. ` +
        `Resulting ${both[0] === 0 ? "left" : "right"} side dataset split will be empty. Adjust any of the aforementioned parameters`,
    );
  }
  return both;
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
