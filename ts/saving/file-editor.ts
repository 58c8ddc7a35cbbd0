import { toTensor } from "../engine/convert.js";
import { isDict } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape, type Shape, sameShape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { native } from "../native.js";
import { ModelFile, type StoredInfo } from "./model-file.js";
import { savedObjects } from "./object-paths.js";
import { arrayOf, arraysOf } from "./save-model.js";
import { filedWeights, printTree, type Tree, treeOf } from "./weights-tree.js";
import { writeWhole } from "./write-whole.js";

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

/** A weight of the file, or one that was given in its place. */
type Entry = StoredInfo | Tensor;

/** Weights of an object by their names, usually their numbers. */
export type Weights = Readonly<Record<string, TensorLike>>;

/**
 * Looks into a `.keras` or `.weights.h5`: which objects it keeps the weights of, and whether they go with a model; and changes it, when a
 * model has changed since its weights were saved.
 *
 * Files are data and are read as such: nothing in them is run. What was changed is written by {@link save}; the file itself stays as it is.
 *
 * @example
 * const editor = new keras.saving.KerasFileEditor("old.weights.h5");
 * await editor.summary();
 * await editor.deleteObject("layers/dense_2");
 * await editor.addObject("layers/einsum_dense", { "0": kernel, "1": bias });
 * await editor.save("new.weights.h5");
 * Source: `keras.saving.KerasFileEditor`.
 */
export class KerasFileEditor {
  readonly filepath: string;
  #opened: Promise<{ file: ModelFile; tree: Tree<Entry> }> | null = null;

  /** @throws ValueError for another ending. */
  constructor(filepath: string) {
    if (typeof filepath !== "string" || !/\.(keras|weights\.h5)$/.test(filepath)) {
      throw new ValueError(
        `KerasFileEditor: expected a file that ends in ".keras" or ".weights.h5". Received: filepath=${JSON.stringify(filepath)}`,
      );
    }
    this.filepath = filepath;
  }

  #open(): Promise<{ file: ModelFile; tree: Tree<Entry> }> {
    const open = async (): Promise<{ file: ModelFile; tree: Tree<Entry> }> => {
      const file = await ModelFile.open(this.filepath);
      const entries = [...file.arrays.values()].map((info): [string, Entry] => [info.name.replace(/^\//, ""), info]);
      return { file, tree: treeOf(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
    };
    this.#opened ??= open();
    return this.#opened;
  }

  /** Prints the objects and weights as a tree, with shapes and dtypes. @throws ValueError for a file that cannot be read. */
  async summary({ printFn = console.log }: InspectOptions = {}): Promise<void> {
    printFn(printTree((await this.#open()).tree));
  }

  /**
   * Compares the file with a model: every object and weight that only one of them has, and every shape that differs, is printed.
   *
   * @throws ValueError for a file that cannot be read.
   */
  async compare(model: Layer, { printFn = console.log }: InspectOptions = {}): Promise<Comparison> {
    const { tree: file } = await this.#open();
    const reference = treeOf(
      savedObjects(model).flatMap(({ object, path }) => {
        const prefix = path === "" ? "" : `${path}/`;
        return arraysOf(object).map((array) => [`${prefix}${array.name}`, array] as const);
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
    const visit = (stored: Tree<Entry>, wanted: Tree<{ shape: Shape }>, at: string): void => {
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

  /**
   * Gives an object another name.
   *
   * @param object Its name, where only one has it (`dense_2`), or its path (`layers/dense_2`).
   * @param name The new name; no path.
   * @throws ValueError when there is none, or more than one.
   */
  async renameObject(object: string, name: string): Promise<void> {
    if (name.includes("/")) {
      throw new ValueError(`KerasFileEditor: the new name must be a name, not a path. Received: "${name}"`);
    }
    const { parent, key, value } = await this.#find(object);
    parent.delete(key);
    parent.set(name, value);
  }

  /** Takes an object and its weights out. @param object As in {@link renameObject}. @throws ValueError when there is none, or more than one. */
  async deleteObject(object: string): Promise<void> {
    const { parent, key } = await this.#find(object);
    parent.delete(key);
  }

  /**
   * Puts an object in, or another in its place.
   *
   * @param path Its path: `layers/dense_2`. The objects around it must be there.
   * @param weights Its weights by their names: `{ "0": kernel, "1": bias }`.
   * @throws ValueError when what it should lie in is not there.
   */
  async addObject(path: string, weights: Weights): Promise<void> {
    const values = weightsOf(weights);
    const names = path.split("/");
    let at = (await this.#open()).tree;
    for (const name of names.slice(0, -1)) {
      const inner = at.get(name);
      if (!(inner instanceof Map))
        throw new ValueError(`KerasFileEditor: path "${names.slice(0, -1).join("/")}" not found in model.`);
      at = inner;
    }
    at.set(names.at(-1)!, new Map(values));
  }

  /** Takes a weight out. @param object As in {@link renameObject}. @param weight Its name: `"0"`. @throws ValueError when there is none. */
  async deleteWeight(object: string, weight: string): Promise<void> {
    const weights = await this.#object(object);
    if (!weights.delete(weight)) {
      const found = [...weights.keys()].map((name) => `"${name}"`).join(", ");
      throw new ValueError(
        `KerasFileEditor: weight "${weight}" not found in object "${object}". Weights found: [${found}]`,
      );
    }
  }

  /** Puts weights into an object, or others in their place. @param object As in {@link renameObject}. @throws ValueError when there is none. */
  async addWeights(object: string, weights: Weights): Promise<void> {
    const values = weightsOf(weights);
    const own = await this.#object(object);
    for (const [name, value] of values) own.set(name, value);
  }

  /** Writes the weights as they are now. @param filepath Ends in `.weights.h5`. @throws ValueError for another ending. */
  async save(filepath: string): Promise<void> {
    if (typeof filepath !== "string" || !filepath.endsWith(".weights.h5")) {
      throw new ValueError(
        `KerasFileEditor: expected a file that ends in ".weights.h5". Received: filepath=${JSON.stringify(filepath)}`,
      );
    }
    const { file, tree } = await this.#open();
    const weights = [...filedWeights(tree)];
    const read = await file.read(weights.flatMap(([, value]) => (value instanceof Tensor ? [] : [value])));
    const arrays = weights.map(([path, value]) =>
      arrayOf(path, value instanceof Tensor ? value : read.get(value.name)!),
    );
    await writeWhole(filepath, (part) => native().writeModel(part, arrays, []));
  }

  /** As {@link save}. */
  async resaveWeights(filepath: string): Promise<void> {
    await this.save(filepath);
  }

  async #object(name: string): Promise<Tree<Entry>> {
    const { value } = await this.#find(name);
    if (value instanceof Map) return value;
    throw new ValueError(`KerasFileEditor: "${name}" is a weight, not an object.`);
  }

  /** What has a path, or a name that nothing else has. */
  async #find(name: string): Promise<Place> {
    const { tree } = await this.#open();
    if (name.includes("/")) {
      const names = name.split("/");
      let at: Entry | Tree<Entry> | undefined = tree;
      for (const part of names.slice(0, -1)) at = at instanceof Map ? at.get(part) : undefined;
      const value = at instanceof Map ? at.get(names.at(-1)!) : undefined;
      if (value !== undefined) return { parent: at as Tree<Entry>, key: names.at(-1)!, value };
      throw new ValueError(`KerasFileEditor: path "${name}" not found in model.`);
    }
    const [found, ...others] = placesOf(tree, name);
    if (others.length > 0) {
      throw new ValueError(
        `KerasFileEditor: name "${name}" occurs more than once in the model; try passing a complete path.`,
      );
    }
    if (found !== undefined) return found;
    throw new ValueError(
      `KerasFileEditor: name "${name}" does not appear in the model; \`summary()\` lists all objects.`,
    );
  }
}

/** Where something is. */
interface Place {
  readonly parent: Tree<Entry>;
  readonly key: string;
  readonly value: Entry | Tree<Entry>;
}

function placesOf(parent: Tree<Entry>, name: string): Place[] {
  const value = parent.get(name);
  const inner = [...parent.values()].flatMap((child) => (child instanceof Map ? placesOf(child, name) : []));
  return value === undefined ? inner : [{ parent, key: name, value }, ...inner];
}

function weightsOf(weights: Weights): [string, Tensor][] {
  if (!isDict(weights)) {
    throw new ValueError(
      `KerasFileEditor: \`weights\` must be a dict of arrays by their names, usually "0", "1", …. Received: ${describe(weights)}`,
    );
  }
  return Object.entries(weights).map(([name, value]) => [
    name,
    toTensor(value as TensorLike, undefined, `Weight "${name}"`),
  ]);
}
