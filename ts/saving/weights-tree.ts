import { formatShape, type Shape } from "../engine/shape.js";

/** What a weight says of itself. */
export interface Weight {
  readonly shape: Shape;
  readonly dtype: string;
}

/** Objects and weights by their names. */
export type Tree<T> = Map<string, T | Tree<T>>;

/** Values by their paths as a tree; the level `vars` of files is left out. */
export function treeOf<T>(entries: readonly (readonly [path: string, value: T])[]): Tree<T> {
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

/** The weights of a tree with the paths that they have in a file: `layers/dense/vars/0`. */
export function* filedWeights<T>(tree: Tree<T>, path = ""): Generator<[path: string, value: T]> {
  const prefix = path === "" ? "" : `${path}/`;
  for (const [name, value] of tree) {
    if (value instanceof Map) yield* filedWeights(value, `${prefix}${name}`);
    else yield [`${prefix}vars/${name}`, value];
  }
}

/** A tree as text. */
export function printTree(tree: Tree<Weight>): string {
  const lines = ["Weights structure"];
  const visit = (tree: Tree<Weight>, prefix: string, top: boolean): void => {
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
  visit(tree, "  ", true);
  return lines.join("\n");
}
