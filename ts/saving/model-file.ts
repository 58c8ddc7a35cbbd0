import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { asTensor } from "../engine/file-array.js";
import { isDict } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { fromNative, ValueError } from "../errors.js";
import type { Store } from "../layers/weights.js";
import { native } from "../native.js";
import { parseConfig } from "./parse-config.js";

/** An array of a file that has not been read. */
export interface StoredInfo {
  /** Its path in the file: `layers/dense/vars/0`. */
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** The file it lies in: a shard, where there are several. */
  readonly file: string;
}

/** Texts of a group of an HDF5 file. */
interface Attribute {
  readonly group: string;
  readonly name: string;
  readonly values: readonly string[];
}

/** What a file keeps of each object by its path: its arrays, by their names there. */
type Groups = ReadonlyMap<string, ReadonlyMap<string, StoredInfo>>;

/** A text beside weights has so many bytes at most. */
const MAX_TEXT = 16 << 20;

/**
 * A model's file: `.keras`, or a folder of the same files, `.weights.h5`, `.weights.json` with the shards it names, `.safetensors`, or a legacy `.h5`. Arrays are read when
 * they are asked for.
 */
export class ModelFile {
  readonly path: string;
  readonly format: string;
  /** `config.json` of a `.keras`. */
  readonly config: string | null;
  readonly arrays: ReadonlyMap<string, StoredInfo>;
  /** Files that layers put into a `.keras`, by their names under `assets/`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  readonly #attributes: readonly Attribute[];
  readonly #groups: Groups;

  private constructor(path: string, parts: readonly [string, Contents][]) {
    const first = parts[0]?.[1];
    this.path = path;
    this.format = first?.format ?? "hdf5";
    this.config = first?.config ?? null;
    this.arrays = new Map(
      parts.flatMap(([file, { arrays }]) => arrays.map((array) => [array.name, { ...array, file }] as const)),
    );
    this.assets = new Map(first?.assets.map(({ name, data }) => [name, data]));
    this.#attributes = first?.attributes ?? [];
    this.#groups = byObject(this.arrays.values());
  }

  /** @throws ValueError for a file that is missing, of another kind, or broken. */
  static async open(path: string): Promise<ModelFile> {
    if ((await stat(path).catch(() => null))?.isDirectory()) {
      const weights = join(path, "model.weights.h5");
      const contents = await guarded(weights, () => native().inspectModel(weights));
      return new ModelFile(path, [[weights, { ...contents, ...(await partsOf(path)) }]]);
    }
    const files = path.endsWith(".json") ? await shardsOf(path) : [path];
    const parts: [string, Contents][] = [];
    for (const file of files) parts.push([file, await guarded(file, () => native().inspectModel(file))]);
    return new ModelFile(path, parts);
  }

  /** The arrays of an object by their names: `"0"`, `"1"`, … */
  arraysOf(path: string): ReadonlyMap<string, StoredInfo> {
    // Keras 2.13 called the list of layers otherwise.
    const older = path.replace("layers", "_layer_checkpoint_dependencies");
    return this.#groups.get(path) ?? this.#groups.get(older) ?? new Map<string, StoredInfo>();
  }

  /** The text, or the list of texts, of a group; `null` where there is none. Long lists lie in parts. */
  attribute(group: string, name: string): readonly string[] | null {
    const find = (which: string): readonly string[] | undefined =>
      this.#attributes.find((attribute) => attribute.group === group && attribute.name === which)?.values;
    const whole = find(name);
    if (whole !== undefined) return whole;
    const parts: string[] = [];
    for (let i = 0; ; i++) {
      const part = find(`${name}${i}`);
      if (part === undefined) return i === 0 ? null : parts;
      parts.push(...part);
    }
  }

  /** Reads arrays. @throws ValueError for one that is broken. */
  async read(wanted: readonly StoredInfo[]): Promise<ReadonlyMap<string, Tensor>> {
    const tensors = new Map<string, Tensor>();
    const files = groupByFile(wanted);
    for (const [file, infos] of files) {
      const names = infos.map(({ name }) => name);
      const read = await guarded(file, () => native().readWeights(file, names));
      for (const stored of read) tensors.set(stored.name, asTensor(stored, stored.name));
    }
    return tensors;
  }

  /**
   * Gives variables the values of arrays of their shapes: straight from the file where the dtypes are the same, else some megabytes at a time.
   *
   * @throws ValueError for one that is broken; those before it are read.
   */
  async readInto(wanted: readonly (readonly [StoredInfo, Variable])[]): Promise<void> {
    const same = wanted.filter(([info, variable]) => info.dtype === variable.dtype);
    const variables = new Map(same);
    for (const [file, infos] of groupByFile(same.map(([info]) => info))) {
      const pairs = infos.map((info) => ({ name: info.name, variable: variables.get(info)!.storage }));
      await guarded(file, () => native().loadVariables(file, pairs));
    }
    const others = wanted.filter(([info, variable]) => info.dtype !== variable.dtype);
    for (const batch of batches(others, ([{ bytes }]) => bytes)) {
      const tensors = await this.read(batch.map(([info]) => info));
      for (const [info, variable] of batch) variable.assign(tensors.get(info.name)!);
    }
  }

  /** What the file keeps of some objects: a store each, by their paths. */
  async stores(paths: readonly string[]): Promise<ReadonlyMap<string, Store>> {
    const tensors = await this.read(paths.flatMap((path) => [...this.arraysOf(path).values()]));
    const store = (path: string): Store =>
      Object.fromEntries([...this.arraysOf(path)].map(([key, { name }]) => [key, tensors.get(name)!]));
    return new Map(paths.map((path) => [path, store(path)]));
  }

  /** The assets of an object by their names: `vocabulary.txt`. */
  assetsOf(path: string): Record<string, string> {
    const prefix = path === "" ? "" : `${path}/`;
    const own = [...this.assets].filter(
      ([name]) => name.startsWith(prefix) && !name.slice(prefix.length).includes("/"),
    );
    return Object.fromEntries(own.map(([name, data]) => [name.slice(prefix.length), asText(data, name, this.path)]));
  }
}

/** What the native core says of a file. */
interface Contents {
  readonly format: string;
  readonly config?: string;
  readonly arrays: readonly Omit<StoredInfo, "file">[];
  readonly attributes: readonly Attribute[];
  readonly assets: readonly { readonly name: string; readonly data: Uint8Array }[];
}

/** How many bytes of arrays that are no variables yet are in memory at a time. */
const BATCH = 8 << 20;

/** Parts of a list that have some megabytes each, or are one that has more. */
export function* batches<T>(all: readonly T[], bytesOf: (one: T) => number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; ) {
    let [to, bytes] = [from, 0];
    while (to < all.length && (to === from || bytes < BATCH)) bytes += bytesOf(all[to++]!);
    yield all.slice(from, to);
    from = to;
  }
}

function groupByFile(infos: readonly StoredInfo[]): ReadonlyMap<string, StoredInfo[]> {
  const files = new Map<string, StoredInfo[]>();
  for (const info of infos) {
    const own = files.get(info.file) ?? [];
    own.push(info);
    files.set(info.file, own);
  }
  return files;
}

function byObject(arrays: Iterable<StoredInfo>): Groups {
  const groups = new Map<string, Map<string, StoredInfo>>();
  for (const stored of arrays) {
    const path = stored.name.replace(/^\//, "");
    const at = path.lastIndexOf("vars/");
    if (at < 0) continue;
    const object = path.slice(0, Math.max(0, at - 1));
    const group = groups.get(object) ?? new Map<string, StoredInfo>();
    groups.set(object, group.set(path.slice(at + "vars/".length), stored));
  }
  return groups;
}

/** What lies in the folder of a model beside its weights. Links in it are not followed. */
async function partsOf(folder: string): Promise<Pick<Contents, "config" | "assets" | "format">> {
  const config = await textOf(join(folder, "config.json"));
  const assets = join(folder, "assets");
  const found = await readdir(assets, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string): Promise<Contents["assets"][number]> => ({
    name: relative(assets, file).replaceAll("\\", "/"),
    data: await readFile(file),
  });
  return { config, assets: await Promise.all(files.map(read)), format: "keras" };
}

/** A text of a bounded size. */
async function textOf(path: string): Promise<string> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > 0 && size <= MAX_TEXT) return readFile(path, "utf8");
  throw new ValueError(`${path}: expected a text of at most ${MAX_TEXT} bytes, got ${size} bytes.`);
}

/** The files that a `.weights.json` names, which lie beside it. */
async function shardsOf(path: string): Promise<string[]> {
  const { weight_map: map } = parseConfig(await textOf(path), path) as { weight_map?: unknown };
  if (!isDict(map)) throw new ValueError(`${path}: expected "weight_map", a dict of the files that weights lie in.`);
  const names = new Set(Object.values(map).flat());
  return [...names].map((name) => {
    if (typeof name === "string" && name !== "" && basename(name) === name && !/[\\/]|^\.+$/.test(name))
      return join(dirname(path), name);
    throw new ValueError(`${path}: a shard must be a file beside it, got ${JSON.stringify(name)}.`);
  });
}

async function guarded<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw fromNative(error, `while reading ${path}`);
  }
}

function asText(data: Uint8Array, name: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new ValueError(`${path}: the asset "${name}" is no text.`);
  }
}
