import { Dataset } from "../data/dataset.js";
import { gather, slice } from "../data/elements.js";
import { toTensor } from "../engine/convert.js";
import { numpyShuffle } from "../engine/mersenne-twister.js";
import type { TensorLike } from "../engine/operand.js";
import { makeDefaultSeed } from "../engine/seed.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";

/** Options of {@link timeseriesDatasetFromArray}. */
export interface TimeseriesOptions {
  /** How far the beginnings of two sequences lie apart. Default 1. */
  sequenceStride?: number;
  /** How far two steps of a sequence lie apart. Default 1: neighbours. */
  samplingRate?: number;
  /** `null`: elements are single sequences. Default 128. */
  batchSize?: number | null;
  /** Default `false`: in the order of time. */
  shuffle?: boolean;
  seed?: number | null;
  /** What comes before is not used. Default 0. */
  startIndex?: number | null;
  /** What comes from here on is not used. Default: the length of the data. */
  endIndex?: number | null;
}

/**
 * Sequences cut out of a series by a sliding window, each with its target.
 *
 * Sequence `i` is `data[p], data[p + samplingRate], …` (`sequenceLength` of them) for `p = i * sequenceStride`; its target is `targets[p]`, so
 * give the targets shifted: `targets = series[sequenceLength:]` for the value that follows.
 *
 * @param data `(steps, …)`: a tensor or nested arrays.
 * @param targets One a step, or `null`: sequences alone.
 * @param sequenceLength Steps of a sequence.
 * @returns A dataset of `[sequences, targets]`; sequences are `(batch, sequenceLength, …)`.
 * @example
 * const data = keras.utils.timeseriesDatasetFromArray(series.at("0:-10"), series.at("10:"), 10);
 * @throws ValueError for indices, strides and rates that do not fit the data.
 * Source: `keras.utils.timeseries_dataset_from_array`.
 */
export function timeseriesDatasetFromArray(
  data: TensorLike,
  targets: TensorLike | null,
  sequenceLength: number,
  options: TimeseriesOptions = {},
): Dataset {
  const { sequenceStride = 1, samplingRate = 1, batchSize = 128, shuffle = false } = options;
  const series = toTensor(data, undefined, "timeseriesDatasetFromArray");
  const goals = targets === null ? null : toTensor(targets, undefined, "timeseriesDatasetFromArray");
  const steps = (series.shape[0] as number | undefined) ?? 0;
  const start = options.startIndex ?? 0;
  const end = options.endIndex ?? steps;
  const whole = (name: string, value: number, least: number, below: number, rule: string): void => {
    if (Number.isInteger(value) && value >= least && value < below) return;
    throw new ValueError(
      `timeseriesDatasetFromArray: \`${name}\` must be ${rule}. Received: ${name}=${value}, for data of length ${steps}`,
    );
  };
  whole("sequenceLength", sequenceLength, 1, Infinity, "a whole number from 1");
  if (options.startIndex != null)
    whole("startIndex", start, 0, steps, "0 or greater, and lower than the length of the data");
  if (options.endIndex != null) {
    whole("endIndex", end, start + 1, steps, "higher than `startIndex`, and lower than the length of the data");
  }
  whole("samplingRate", samplingRate, 1, steps, "higher than 0, and lower than the length of the data");
  whole("sequenceStride", sequenceStride, 1, steps, "higher than 0, and lower than the length of the data");
  let count = end - start - (sequenceLength - 1) * samplingRate;
  if (goals !== null) count = Math.min(count, ((goals.shape[0] as number | undefined) ?? 0) - start);
  if (count <= 0) {
    throw new ValueError(
      `timeseriesDatasetFromArray: no sequence of ${sequenceLength} steps fits: ${end - start} steps are there, samplingRate is ${samplingRate}` +
        `${goals === null ? "" : `, ${goals.shape[0]} targets`}.`,
    );
  }
  const positions = Int32Array.from(
    { length: Math.ceil(count / sequenceStride) },
    (_, i) => start + i * sequenceStride,
  );
  const seed = options.seed ?? makeDefaultSeed() % 1e6;
  if (shuffle) numpyShuffle(positions, seed); // as Keras: once for all, then anew within a buffer in each pass
  let dataset: Dataset = Dataset.fromTensorSlices(wrap("int32", [positions.length], positions));
  if (shuffle) {
    dataset = dataset.shuffle(batchSize === null ? 1024 : batchSize * 8, { seed });
  }
  if (batchSize !== null) dataset = dataset.batch(batchSize);
  return dataset.map((at: Tensor) => {
    const begins = at.storage as Int32Array;
    const steps = Array.from(begins, (p) =>
      Array.from({ length: sequenceLength }, (_, i) => p + i * samplingRate),
    ).flat();
    const taken = gather(series, steps) as Tensor;
    const sequences =
      batchSize === null ? taken : taken.reshape([begins.length, sequenceLength, ...taken.shape.slice(1)]);
    if (goals === null) return sequences;
    return [sequences, batchSize === null ? slice(goals, begins[0] as number) : gather(goals, begins)];
  });
}
