import { readFile } from "node:fs/promises";
import type { Dataset } from "../data/dataset.js";
import { ValueError } from "../errors.js";
import { type DirectoryOptions, datasetFromDirectory } from "./index-directory.js";

/** Options of {@link textDatasetFromDirectory}. */
export interface TextDirectoryOptions extends DirectoryOptions {
  /** The most bytes (of UTF-8) of a text; what is longer is cut. Default: all. */
  maxLength?: number | null;
}

/**
 * The `.txt` files of a folder as a dataset of strings and labels.
 *
 * @param directory With a folder for each class, unless `labels` says otherwise.
 * @returns A dataset of `[texts, labels]`, or of `texts` without labels; with `subset: "both"` two of them. Its `classNames` are the folders.
 * @example const [train, test] = await keras.utils.textDatasetFromDirectory("reviews", { validationSplit: 0.2, subset: "both", seed: 1 });
 * @throws ValueError for options that contradict each other and a folder without texts; errors of the file system.
 * Source: `keras.utils.text_dataset_from_directory`.
 */
export function textDatasetFromDirectory(
  directory: string,
  options: TextDirectoryOptions & { subset: "both" },
): Promise<[training: Dataset, validation: Dataset]>;
export function textDatasetFromDirectory(directory: string, options?: TextDirectoryOptions): Promise<Dataset>;
export async function textDatasetFromDirectory(
  directory: string,
  options: TextDirectoryOptions = {},
): Promise<Dataset | [Dataset, Dataset]> {
  const { maxLength = null } = options;
  if (maxLength !== null && !(Number.isInteger(maxLength) && maxLength >= 0)) {
    throw new ValueError(
      `textDatasetFromDirectory: \`maxLength\` must be a whole number from 0, received: ${maxLength}`,
    );
  }
  const read = async (path: string): Promise<string> => {
    const bytes = await readFile(path);
    // a character that the cut goes through is left out
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, maxLength ?? undefined), {
      stream: maxLength !== null && bytes.length > maxLength,
    });
  };
  const reader = { who: "textDatasetFromDirectory", what: "text", formats: [".txt"], read, pads: false };
  return datasetFromDirectory(directory, reader, options);
}
