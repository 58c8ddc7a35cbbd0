import { formatShape, type Shape, sameShape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { Store } from "../layers/weights.js";
import { ModelFile, type StoredInfo } from "./model-file.js";
import { savedObjects } from "./object-paths.js";

/** What {@link KerasFileEditor} prints with. */
export interface InspectOptions {
  /** Receives each text instead of the output. */
  printFn?: (text: string) => void;
}

/** The result of {@link KerasFileEditor.compare}. */
export interface Comparison {
  readonly status: "success" | "error";
  /** How many objects and weights are missing on a side or differ in their shapes. */
  readonly errorCount: number;
  /** How many weights are on both sides with the same shape. */
  readonly matchCount: number;
}

/** Objects and weights by their names. */
type Tree<T> = Map<string, T | Tree<T>>;

/**
 * Looks into a `.keras` or `.weights.h5`: which objects it keeps the weights of, and whether they go with a model.
 *
 * Files are data and are read as such: nothing in them is run. Of Keras's class this has the inspection, not the editing.
 *
 * @example const { status } = await new keras.saving.KerasFileEditor("model.keras").compare(model);
 * Source: `keras.saving.KerasFileEditor`.
 */
export class KerasFileEditor {
  readonly filepath: string;
  #file: Promise<ModelFile> | null = null;

  /** @throws ValueError for another ending. */
  constructor(filepath: string) {
    if (typeof filepath !== "string" || !/\.(keras|weights\.h5)$/.test(filepath)) {
      throw new ValueError(
        `KerasFileEditor: expected a file that ends in ".keras" or ".weights.h5". Received: filepath=${JSON.stringify(filepath)}`,
      );
    }
    this.filepath = filepath;
  }

  async #tree(): Promise<Tree<StoredInfo>> {
    this.#file ??= ModelFile.open(this.filepath);
    const { arrays } = await this.#file;
    const entries = [...arrays.values()].map((info): [string, StoredInfo] => [info.name.replace(/^\//, ""), info]);
    return treeOf(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Prints the objects and weights of the file as a tree, with shapes and dtypes. @throws ValueError for a file that cannot be read. */
  async summary({ printFn = console.log }: InspectOptions = {}): Promise<void> {
    const lines = ["Weights structure"];
    const visit = (tree: Tree<StoredInfo>, prefix: string, top: boolean): void => {
      let i = 0;
      for (const [name, value] of tree) {
        const last = ++i === tree.size;
        const connector = top && i === 1 ? "> " : last ? "└─ " : "├─ ";
        if (!(value instanceof Map)) {
          lines.push(`${prefix}${connector}${name}: shape=${formatShape(value.shape)}, dtype=${value.dtype}`);
          continue;
        }
        lines.push(`${prefix}${connector}${name}`);
        visit(value, prefix + (last ? "    " : "│   "), false);
      }
    };
    visit(await this.#tree(), "  ", true);
    printFn(lines.join("\n"));
  }

  /**
   * Compares the file with a model: every object and weight that only one of them has, and every shape that differs, is printed.
   *
   * @throws ValueError for a file that cannot be read.
   */
  async compare(model: Layer, { printFn = console.log }: InspectOptions = {}): Promise<Comparison> {
    const file = await this.#tree();
    const reference = treeOf(
      savedObjects(model).flatMap(({ object, path }) => {
        // What an object would write: some layers have names of their own for their arrays.
        const store: Store = {};
        object.saveOwnVariables(store);
        const prefix = path === "" ? "" : `${path}/`;
        return Object.entries(store).map(([name, { shape }]) => [`${prefix}${name}`, { shape }] as const);
      }),
    );
    const lines = ["Running comparison"];
    let [errorCount, matchCount] = [0, 0];
    const missing = (path: string, value: unknown, there: string, here: string): void => {
      errorCount++;
      lines.push(`...${value instanceof Map ? "Object" : "Weight"} ${path} present in ${there}, missing from ${here}`);
      if (value instanceof Map)
        lines.push(`    In ${there}, ${path} contains the following keys: ${[...value.keys()].join(", ")}`);
    };
    const visit = (stored: Tree<StoredInfo>, wanted: Tree<{ shape: Shape }>, at: string): void => {
      for (const [name, value] of wanted) {
        const path = `${at}/${name}`;
        const other = stored.get(name);
        if (other === undefined) missing(path, value, "reference model", "saved file");
        else if (value instanceof Map && other instanceof Map) visit(other, value, path);
        else if (value instanceof Map || other instanceof Map) missing(path, value, "reference model", "saved file");
        else if (sameShape(value.shape, other.shape)) matchCount++;
        else {
          errorCount++;
          lines.push(
            `...Weight shape mismatch for ${path}`,
            `    In reference model: shape=${formatShape(value.shape)}`,
            `    In saved file: shape=${formatShape(other.shape)}`,
          );
        }
      }
      for (const [name, value] of stored) {
        if (!wanted.has(name)) missing(`${at}/${name}`, value, "saved file", "reference model");
      }
    };
    visit(file, reference, "");
    const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
    lines.push(
      "─────────────────────",
      errorCount === 0
        ? `Comparison successful: saved file is compatible with the reference model\n    Found ${plural(matchCount, "matching weight")}`
        : `Found ${plural(errorCount, "error")}: saved file is not compatible with the reference model`,
    );
    printFn(lines.join("\n"));
    return { status: errorCount === 0 ? "success" : "error", errorCount, matchCount };
  }
}

/** Values by their paths as a tree; the level `vars` of files is left out. */
function treeOf<T>(entries: readonly (readonly [path: string, value: T])[]): Tree<T> {
  const root: Tree<T> = new Map();
  for (const [path, value] of entries) {
    const names = path.split("/").filter((name) => name !== "vars");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const next = at.get(name);
      const inner: Tree<T> = next instanceof Map ? next : new Map();
      if (inner !== next) at.set(name, inner);
      at = inner;
    }
    at.set(names.at(-1)!, value);
  }
  return root;
}
