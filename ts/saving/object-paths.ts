import { camelToSnake, toSnakeCase } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import { Layer } from "../layers/layer.js";

/** A layer and where files keep it. */
export interface SavedObject {
  readonly layer: Layer;
  /** `layers/dense_1`, empty for the model itself. */
  readonly path: string;
}

/** A model with a list of layers of its own. */
interface HasLayers {
  readonly layers: readonly Layer[];
}

/** Names that files count apart: `dense`, `dense_1`, … */
class NameCounter {
  readonly #used = new Map<string, number>();

  next(name: string): string {
    const count = this.#used.get(name);
    this.#used.set(name, (count ?? -1) + 1);
    return count === undefined ? name : `${name}_${count + 1}`;
  }
}

/**
 * The layers of a model with their places in files, as Keras's `saving_lib` walks them: the list `layers` of functional and sequential
 * models first, then the fields by name. A layer that is found twice has its first place.
 */
export function savedObjects(model: Layer): SavedObject[] {
  const found: SavedObject[] = [];
  const visited = new Set<object>();
  const visit = (layer: Layer, path: string): void => {
    if (visited.has(layer)) return;
    visited.add(layer);
    found.push({ layer, path });
    for (const [name, child] of childrenOf(layer)) visitValue(child, path === "" ? name : `${path}/${name}`);
  };
  const visitValue = (value: unknown, path: string): void => {
    if (value instanceof Layer) visit(value, path);
    else if (isContainer(value)) visitContainer(value, path);
  };
  const visitContainer = (container: Container, path: string): void => {
    if (visited.has(container)) return;
    visited.add(container);
    const names = new NameCounter();
    for (const value of valuesOf(container)) {
      if (value instanceof Layer) visit(value, `${path}/${names.next(toSnakeCase(value.className))}`);
      else if (isContainer(value)) visitContainer(value, `${path}/${names.next("container")}`);
    }
  };
  visit(model, "");
  return found;
}

type Container =
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || value instanceof Map || value instanceof Set || isDict(value);
}

function valuesOf(container: Container): readonly unknown[] {
  if (container instanceof Map || container instanceof Set) return [...container.values()];
  return Object.values(container);
}

/** What a layer holds, in the order of files: public names first, then private ones. Files have Python's names. */
function childrenOf(layer: Layer): [string, unknown][] {
  const fields = Object.entries(layer)
    .filter(([name]) => name !== "inboundNodes" && name !== "outboundNodes")
    .map(([name, value]): [string, unknown] => [camelToSnake(name), value]);
  const { layers } = layer as unknown as Partial<HasLayers>;
  const listed: [string, unknown][] = Array.isArray(layers) ? [["layers", layers]] : [];
  const byName = (a: [string, unknown], b: [string, unknown]): number => {
    const [x, y] = [a[0].startsWith("_"), b[0].startsWith("_")];
    if (x !== y) return x ? 1 : -1;
    return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
  };
  const { graph } = layer as unknown as { graph?: unknown };
  return graph != null ? [...listed, ...fields.sort(byName)] : [...listed, ...fields].sort(byName);
}
