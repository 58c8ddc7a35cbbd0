import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { Dataset } from "../data/dataset.js";
import { numpyShuffle } from "../engine/mersenne-twister.js";
import { printMessage } from "../engine/messages.js";
import { makeDefaultSeed } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import { StringTensor } from "../engine/string-tensor.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { toCategorical } from "./to-categorical.js";

/** What the functions that read folders have in common. */
export interface DirectoryOptions {
  /**
   * `"inferred"`: the class of a file is the folder it lies in. A list: the classes of the files in the order of their paths. `null`: none.
   * Default `"inferred"`.
   */
  labels?: "inferred" | readonly number[] | null;
  /** `"int"`: int32 `(batch,)`; `"categorical"`: one-hot float32 `(batch, classes)`; `"binary"`: float32 `(batch, 1)`; `null`: none. Default `"int"`. */
  labelMode?: "int" | "categorical" | "binary" | null;
  /** The folders to read, in the order of their classes. Only with inferred labels. Default: all, sorted. */
  classNames?: readonly string[] | null;
  /** `null`: elements are single samples. Default 32. */
  batchSize?: number | null;
  /** Default `true`; else the files come sorted. */
  shuffle?: boolean;
  /** The order of the files depends on it, in Keras as here. Must be given to split shuffled files. */
  seed?: number | null;
  /** The part of the files (the last ones) that is for validation, between 0 and 1. */
  validationSplit?: number | null;
  /** Which part to read: `"training"`, `"validation"` or, as a list of two, `"both"`. */
  subset?: "training" | "validation" | "both" | null;
  /** Whether folders that are links are entered. Default `false`. */
  followLinks?: boolean;
  /** Whether to print how many files were found. Default `true`. */
  verbose?: boolean;
}

/** How the files of one function are read. */
export interface Reader {
  /** As it appears in errors. */
  readonly who: string;
  /** What a file holds: `text`, `audio`, `image`. */
  readonly what: string;
  /** Lower case, with the dot. */
  readonly formats: readonly string[];
  readonly read: (path: string) => Promise<unknown>;
  /** Whether samples of different shapes are filled up with zeros. */
  readonly pads: boolean;
}

interface Files {
  readonly paths: string[];
  /** One a file, or `null`. */
  readonly labels: number[] | null;
  readonly classNames: string[] | null;
}

const sorted = (names: string[]): string[] => names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Files below a folder, sorted by folder and name. */
async function filesBelow(folder: string, formats: readonly string[], followLinks: boolean): Promise<string[]> {
  const folders = new Map<string, string[]>();
  const entered = new Set<string>();
  const walk = async (path: string): Promise<void> => {
    if (followLinks) {
      const real = await realpath(path); // links may lead round in a circle
      if (entered.has(real)) return;
      entered.add(real);
    }
    const files: string[] = [];
    folders.set(path, files);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolderAt(inside)));
      if (!isFolder) files.push(entry.name);
      else if (entry.isDirectory() || followLinks) await walk(inside);
    }
  };
  await walk(folder);
  return sorted([...folders.keys()]).flatMap((path) =>
    sorted(folders.get(path) ?? [])
      .filter((name) => formats.some((format) => name.toLowerCase().endsWith(format)))
      .map((name) => join(path, name)),
  );
}

const isFolderAt = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function findFiles(directory: string, { who, formats }: Reader, options: DirectoryOptions): Promise<Files> {
  const { labels = "inferred", followLinks = false } = options;
  if (labels !== "inferred") {
    const paths = await filesBelow(directory, formats, followLinks);
    if (labels !== null && labels.length !== paths.length) {
      throw new ValueError(
        "Expected the lengths of `labels` to match the number of files in the target directory. " +
          `len(labels) is ${labels.length} while we found ${paths.length} files in directory ${directory}.`,
      );
    }
    if (labels === null) return { paths, labels, classNames: null };
    const classes = [...new Set(labels)].sort((a, b) => a - b);
    return { paths, labels: [...labels], classNames: classes.map(String) };
  }
  const found: string[] = [];
  for (const name of sorted(await readdir(directory))) {
    if (!name.startsWith(".") && (await isFolderAt(join(directory, name)))) found.push(name);
  }
  const classNames = [...(options.classNames ?? found)];
  if (classNames.some((name) => !found.includes(name))) {
    throw new ValueError(
      `${who}: the \`classNames\` passed did not match the names of the subdirectories of the target directory. ` +
        `Expected: ${found.join(", ")} (or a subset of it), but received: ${classNames.join(", ")}`,
    );
  }
  const byClass = await Promise.all(classNames.map((name) => filesBelow(join(directory, name), formats, followLinks)));
  return { paths: byClass.flat(), labels: byClass.flatMap((files, label) => files.map(() => label)), classNames };
}

function check(who: string, directory: unknown, options: DirectoryOptions): void {
  const { labels = "inferred", labelMode = "int", validationSplit = null, subset = null, shuffle = true } = options;
  if (typeof directory !== "string") {
    throw new InvalidTypeError(`${who}: expected the path of a directory, got ${describe(directory)}.`);
  }
  if (labels !== "inferred" && labels !== null && !Array.isArray(labels)) {
    throw new ValueError(
      `${who}: \`labels\` must be "inferred", null, or a list of integer labels, one for each file. Received: labels=${String(labels)}`,
    );
  }
  const { batchSize = 32 } = options;
  if (batchSize !== null && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new ValueError(
      `${who}: \`batchSize\` must be a whole number from 1, or null. Received: batchSize=${batchSize}`,
    );
  }
  if (labels !== "inferred" && options.classNames != null) {
    throw new ValueError(`${who}: you can only pass \`classNames\` if \`labels: "inferred"\`.`);
  }
  if (labelMode !== null && !["int", "categorical", "binary"].includes(labelMode)) {
    throw new ValueError(
      `${who}: \`labelMode\` must be one of "int", "categorical", "binary", or null. Received: labelMode=${String(labelMode)}`,
    );
  }
  if (validationSplit !== null && !(validationSplit > 0 && validationSplit < 1)) {
    throw new ValueError(`${who}: \`validationSplit\` must be between 0 and 1, received: ${validationSplit}`);
  }
  if ((validationSplit === null) !== (subset === null)) {
    throw new ValueError(`${who}: if \`subset\` is set, \`validationSplit\` must be set, and inversely.`);
  }
  if (subset !== null && !["training", "validation", "both"].includes(subset)) {
    throw new ValueError(`${who}: \`subset\` must be either "training", "validation" or "both", received: ${subset}`);
  }
  if (validationSplit !== null && shuffle && options.seed == null) {
    throw new ValueError(
      `${who}: if using \`validationSplit\` and shuffling the data, you must provide a \`seed\` argument, to make sure that there is no ` +
        "overlap between the training and validation subset.",
    );
  }
}

/** Labels as the loss takes them, one row a file. */
function labelTensor(labels: readonly number[], mode: "int" | "categorical" | "binary", classes: number): Tensor {
  if (mode === "int") return wrap("int32", [labels.length], Int32Array.from(labels));
  if (mode === "categorical") return toCategorical([...labels], classes);
  return wrap("float32", [labels.length, 1], Float32Array.from(labels));
}

/**
 * The files of a folder as a dataset, or two.
 *
 * @throws ValueError for options that contradict each other and a folder without such files; errors of the file system.
 */
export async function datasetFromDirectory(
  directory: string,
  reader: Reader,
  options: DirectoryOptions,
): Promise<Dataset | [Dataset, Dataset]> {
  const { who, what } = reader;
  check(who, directory, options);
  const { shuffle = true, verbose = true, validationSplit = null, subset = null, batchSize = 32 } = options;
  const labelMode = options.labels === null ? null : (options.labelMode ?? (options.labelMode === null ? null : "int"));
  const seed = options.seed ?? makeDefaultSeed() % 1e6;
  const files = await findFiles(
    directory,
    reader,
    labelMode === null ? { ...options, labels: null, classNames: null } : options,
  );
  const { paths, labels, classNames } = files;
  const classes = classNames === null ? "" : ` belonging to ${classNames.length} classes`;
  if (verbose) printMessage(`Found ${paths.length} files${classes}.`);
  if (labelMode === "binary" && classNames?.length !== 2) {
    throw new ValueError(
      `${who}: when passing \`labelMode: "binary"\`, there must be exactly 2 class names. Received: ${classNames?.join(", ")}`,
    );
  }
  if (shuffle) {
    numpyShuffle(paths, seed);
    if (labels) numpyShuffle(labels, seed);
  }
  const dataset = (from: number, to: number, mixes: boolean, kind: string): Dataset => {
    if (from >= to) {
      throw new ValueError(
        `No ${kind}${what} files found in directory ${directory}. Allowed format(s): ${reader.formats.join(", ")}`,
      );
    }
    const names = new StringTensor(paths.slice(from, to), [to - from]);
    const arrays =
      labelMode === null || labels === null
        ? names
        : [names, labelTensor(labels.slice(from, to), labelMode, classNames?.length ?? 0)];
    let made = Dataset.fromTensorSlices(arrays);
    if (mixes) made = made.shuffle(batchSize === null ? 1024 : batchSize * 8, { seed });
    made = made.map(
      async (path: string, ...label: unknown[]) =>
        label.length === 0 ? reader.read(path) : [await reader.read(path), ...label],
      { numParallelCalls: 8 },
    );
    if (batchSize !== null) made = (reader.pads ? made.paddedBatch(batchSize) : made.batch(batchSize)).prefetch(1);
    made.classNames = classNames;
    made.filePaths = paths.slice(from, to);
    return made;
  };
  if (validationSplit === null) return dataset(0, paths.length, shuffle, "");
  const split = paths.length - Math.trunc(validationSplit * paths.length);
  const [training, validation] = [subset !== "validation", subset !== "training"];
  if (training) printMessage(`Using ${split} files for training.`);
  if (validation) printMessage(`Using ${paths.length - split} files for validation.`);
  const left = () => dataset(0, split, shuffle, "training ");
  const right = () => dataset(split, paths.length, shuffle && subset !== "both", "validation ");
  if (subset === "both") return [left(), right()];
  return subset === "training" ? left() : right();
}
