import { camelToSnake, toSnakeCase } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import type { Variable } from "../engine/variable.js";
import { Layer } from "../layers/layer.js";
import { numberedLoads } from "../layers/weights.js";
import { OptimizerState } from "../optimizers/optimizer-state.js";

/** What files keep the state of. */
export type Saveable = Layer | OptimizerState;

/** A layer or an optimizer, and where files keep it. */
export interface SavedObject<T extends Saveable = Saveable> {
  readonly object: T;
  /** `layers/dense_1`, empty for the model itself. */
  readonly path: string;
}

/** What models and optimizers have beside their fields. */
interface HasMore {
  readonly layers: readonly Layer[];
  readonly compiled: boolean;
  readonly optimizer: OptimizerState;
  readonly optimizers: readonly OptimizerState[];
  readonly graph: unknown;
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
 * The layers of a model and its optimizers with their places in files, as Keras's `saving_lib` walks them: the list `layers` of functional and
 * sequential models first, then the fields by name, the optimizer of a compiled model among them. What is found twice has its first place.
 */
export function savedObjects(model: Layer): SavedObject[] {
  const found: SavedObject[] = [];
  const visited = new Set<object>();
  const visit = (object: Saveable, path: string): void => {
    if (visited.has(object)) return;
    visited.add(object);
    found.push({ object, path });
    for (const [name, child] of childrenOf(object)) visitValue(child, path === "" ? name : `${path}/${name}`);
  };
  const visitValue = (value: unknown, path: string): void => {
    if (isSaveable(value)) visit(value, path);
    else if (isContainer(value)) visitContainer(value, path);
  };
  const visitContainer = (container: Container, path: string): void => {
    if (visited.has(container)) return;
    visited.add(container);
    const names = new NameCounter();
    for (const value of valuesOf(container)) {
      if (isSaveable(value)) visit(value, `${path}/${names.next(toSnakeCase(classNameOf(value)))}`);
      else if (isContainer(value)) visitContainer(value, `${path}/${names.next("container")}`);
    }
  };
  visit(model, "");
  return found;
}

function isSaveable(value: unknown): value is Saveable {
  return value instanceof Layer || value instanceof OptimizerState;
}

/** The variables that files keep of an object by their numbers. */
export function variablesOf(object: Saveable): readonly Variable[] {
  return object instanceof Layer ? object.filedVariables : object.variables;
}

/**
 * Whether files keep the variables of an object as they are: its class writes and reads no others, or does so only where there are some that are
 * not filed (the factors of low-rank adaptation).
 */
export function isPlain(object: Saveable): boolean {
  if (!(object instanceof Layer)) {
    const { saveOwnVariables, loadOwnVariables } = OptimizerState.prototype;
    return object.saveOwnVariables === saveOwnVariables && object.loadOwnVariables === loadOwnVariables;
  }
  const { saveOwnVariables, loadOwnVariables } = Layer.prototype;
  if (object.saveOwnVariables === saveOwnVariables && object.loadOwnVariables === loadOwnVariables) return true;
  return numberedLoads.has(object.loadOwnVariables) && object.filedVariables.length === object.ownVariables.length;
}

/** The name of the class, as files have it. */
export function classNameOf(object: Saveable): string {
  return object instanceof Layer ? object.className : object.constructor.name;
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

/** What an object holds, in the order of files: public names first, then private ones. Files have Python's names. */
function childrenOf(object: Saveable): [string, unknown][] {
  const fields = Object.entries(object)
    .filter(([name]) => name !== "inboundNodes" && name !== "outboundNodes")
    .map(([name, value]): [string, unknown] => [camelToSnake(name), value]);
  const { layers, compiled, optimizers, graph } = object as unknown as Partial<HasMore>;
  if (compiled === true) fields.push(["optimizer", (object as unknown as HasMore).optimizer]);
  if (object instanceof OptimizerState && optimizers !== undefined) fields.push(["optimizers", optimizers]);
  const listed: [string, unknown][] = Array.isArray(layers) ? [["layers", layers]] : [];
  const byName = (a: [string, unknown], b: [string, unknown]): number => {
    const [x, y] = [a[0].startsWith("_"), b[0].startsWith("_")];
    if (x !== y) return x ? 1 : -1;
    return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
  };
  return graph != null ? [...listed, ...fields.sort(byName)] : [...listed, ...fields].sort(byName);
}
