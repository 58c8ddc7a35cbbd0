import { readFile } from "node:fs/promises";
import type { Dataset } from "../data/dataset.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { type DirectoryOptions, datasetFromDirectory } from "./index-directory.js";
import { decodeWav } from "./wav.js";

/** Options of {@link audioDatasetFromDirectory}. */
export interface AudioDirectoryOptions extends DirectoryOptions {
  /** Samples in a second that every file must have; others are an error, since nothing is resampled. Default: any. */
  samplingRate?: number | null;
  /** Samples of each sound: longer ones are cut, shorter ones filled up with 0. Default: those of the longest in the batch. */
  outputSequenceLength?: number | null;
}

/**
 * The `.wav` files of a folder as a dataset of sounds and labels.
 *
 * @param directory With a folder for each class, unless `labels` says otherwise.
 * @returns A dataset of `[audio, labels]`, or of `audio` without labels; with `subset: "both"` two of them. `audio` is float32
 *   `(batch, samples, channels)`, in [-1, 1). Its `classNames` are the folders.
 * @throws ValueError for options that contradict each other and a folder without sounds; when it is walked, for a file that is no WAV and
 *   for another sampling rate.
 * Source: `keras.utils.audio_dataset_from_directory`.
 */
export function audioDatasetFromDirectory(
  directory: string,
  options: AudioDirectoryOptions & { subset: "both" },
): Promise<[training: Dataset, validation: Dataset]>;
export function audioDatasetFromDirectory(directory: string, options?: AudioDirectoryOptions): Promise<Dataset>;
export async function audioDatasetFromDirectory(
  directory: string,
  options: AudioDirectoryOptions = {},
): Promise<Dataset | [Dataset, Dataset]> {
  const who = "audioDatasetFromDirectory";
  const { samplingRate = null, outputSequenceLength = null } = options;
  for (const [name, value] of Object.entries({ samplingRate, outputSequenceLength })) {
    if (value !== null && !(Number.isInteger(value) && value > 0)) {
      throw new ValueError(`${who}: \`${name}\` must be a whole number from 1, received: ${value}`);
    }
  }
  const read = async (path: string) => {
    const { audio, rate } = decodeWav(await readFile(path), `${who}: ${path}`, outputSequenceLength);
    if (samplingRate === null || rate === samplingRate) return audio;
    throw new NotImplementedError(
      `${who}: ${path} has ${rate} samples a second, expected ${samplingRate}. Nothing is resampled here: convert the file first.`,
    );
  };
  const pads = outputSequenceLength === null;
  return datasetFromDirectory(directory, { who, what: "audio", formats: [".wav"], read, pads }, options);
}
