/**
 * `keras.tree`: work on structures. A structure is a leaf, a list of structures or a dict (a plain object) of structures; `null`, tensors and
 * typed arrays are leaves. Dicts are walked in the order of their sorted keys.
 *
 * Source: `keras.tree`.
 */
import * as nest from "../engine/nest.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** A value, a list of structures, or a dict of structures. */
export type Structure<T> = nest.Structure<T>;

const DIFFERENT = "the two structures don't have the same nested structure";

const checkFunction = (who: string, func: unknown): void => {
  if (typeof func !== "function") throw new InvalidTypeError(`${who}: expected \`func\` to be a function.`);
};

/** What a function given to {@link traverse} returns to put `null` in a place. */
export const MAP_TO_NONE: unique symbol = Symbol("keras.tree.MAP_TO_NONE");

/** Whether a value is a list or a dict, empty ones too. */
export function isNested(structure: unknown): boolean {
  return Array.isArray(structure) || nest.isDict(structure);
}

/** The leaves in order. `flatten(1)` is `[1]`, `flatten(null)` is `[null]`. */
export function flatten<T = unknown>(structure: Structure<T>): T[] {
  return nest.flatten(structure);
}

/** `[path, leaf]` for every leaf, where a path lists indices and keys: `flattenWithPath([{ foo: 42 }])` is `[[[0, "foo"], 42]]`. */
export function flattenWithPath<T = unknown>(structure: Structure<T>): [path: (string | number)[], leaf: T][] {
  return nest.flattenWithPath(structure).map(({ path, leaf }) => [path, leaf]);
}

/** Options of {@link mapStructure}. */
export interface MapStructureOptions {
  /** Whether `func` is called on `null` too; else it stays as it is. Default `true`. */
  noneIsLeaf?: boolean;
}

const isOptions = (value: unknown): value is MapStructureOptions =>
  nest.isDict(value) && Object.keys(value).join() === "noneIsLeaf";

/**
 * The structure with each leaf replaced by `func(leaf)`; with several structures by `func(leafOfA, leafOfB, …)`.
 *
 * @param structures One or more structures of the same layout. After the first, a last dict whose only key is `noneIsLeaf` is taken as
 *   {@link MapStructureOptions}.
 * @example keras.tree.mapStructure((x, y) => x * y, [[1], [2]], [[3], [4]]) // [[3], [8]]
 * @throws InvalidTypeError when `func` is no function; ValueError without a structure or when the layouts differ.
 */
// biome-ignore lint/suspicious/noExplicitAny: leaves are of the caller's type.
export function mapStructure(func: (...leaves: any[]) => unknown, ...structures: unknown[]): any {
  checkFunction("mapStructure", func);
  const last = structures.at(-1);
  const { noneIsLeaf = true } =
    structures.length > 1 && isOptions(last) ? (structures.pop() as MapStructureOptions) : {};
  const [first, ...others] = structures;
  if (structures.length === 0) throw new ValueError("mapStructure: expected at least one structure, got none.");
  for (const other of others) assertSame("mapStructure", first, other);
  const rest = others.map((other) => nest.flatten(other));
  let at = 0;
  return nest.mapStructure<unknown, unknown>(first as Structure<unknown>, (leaf) => {
    const leaves = rest.map((list) => list[at]);
    at++;
    return leaf === null && !noneIsLeaf ? null : func(leaf, ...leaves);
  });
}

/**
 * As {@link mapStructure}, but only down to the leaves of `shallowStructure`: what is nested deeper is handed to `func` as it is.
 *
 * @example keras.tree.mapStructureUpTo([null, null], (list) => list.length, [[1, 1], [2]]) // [2, 1]
 * @throws ValueError when a structure is shallower than `shallowStructure` or has other keys or lengths.
 */
export function mapStructureUpTo(
  shallowStructure: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: parts are of the caller's type.
  func: (...parts: any[]) => unknown,
  ...structures: unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: a structure like the shallow one.
): any {
  checkFunction("mapStructureUpTo", func);
  if (structures.length === 0) throw new ValueError("mapStructureUpTo: expected at least one structure, got none.");
  const walk = (shallow: unknown, parts: readonly unknown[]): unknown => {
    if (!isNested(shallow)) return func(...parts);
    const keys = keysOf(shallow);
    for (const part of parts) {
      if (Array.isArray(shallow) !== Array.isArray(part) || !isNested(part) || String(keysOf(part)) !== String(keys)) {
        throw new ValueError(`mapStructureUpTo: ${DIFFERENT}.`);
      }
    }
    const made = keys.map(
      (key) =>
        [
          key,
          walk(
            child(shallow, key),
            parts.map((part) => child(part, key)),
          ),
        ] as const,
    );
    return Array.isArray(shallow) ? made.map(([, value]) => value) : Object.fromEntries(made);
  };
  return walk(shallowStructure, structures);
}

const keysOf = (structure: unknown): (string | number)[] =>
  Array.isArray(structure) ? [...structure.keys()] : Object.keys(structure as object).sort();

const child = (structure: unknown, key: string | number): unknown =>
  (structure as Record<string | number, unknown>)[key];

function assertSame(who: string, a: unknown, b: unknown): void {
  if (!nest.sameStructure(a, b)) throw new ValueError(`${who}: ${DIFFERENT}.`);
}

/** @throws ValueError unless two structures have the same lists and dicts in the same places. */
export function assertSameStructure(a: unknown, b: unknown): void {
  assertSame("assertSameStructure", a, b);
}

/** @throws ValueError, listing the paths that only one of them has, unless two structures have leaves at the same paths. */
export function assertSamePaths(a: unknown, b: unknown): void {
  const paths = (structure: unknown) =>
    new Set(nest.flattenWithPath(structure as Structure<unknown>).map(({ path }) => JSON.stringify(path)));
  const [inA, inB] = [paths(a), paths(b)];
  const only = (one: Set<string>, other: Set<string>) => [...one].filter((path) => !other.has(path));
  const [onlyA, onlyB] = [only(inA, inB), only(inB, inA)];
  if (onlyA.length === 0 && onlyB.length === 0) return;
  const line = (name: string, other: string, list: string[]) =>
    list.length === 0 ? "" : `\nPaths in \`${name}\` missing in \`${other}\`: ${list.join(", ")}`;
  throw new ValueError(
    `assertSamePaths: \`a\` and \`b\` don't have the same paths.${line("a", "b", onlyA)}${line("b", "a", onlyB)}`,
  );
}

/**
 * A structure like `structure` with the leaves of `flatSequence`, in the order of {@link flatten}.
 *
 * @throws InvalidTypeError when `flatSequence` cannot be iterated; ValueError when it has too few or too many elements.
 */
// biome-ignore lint/suspicious/noExplicitAny: the structure is the caller's.
export function packSequenceAs(structure: unknown, flatSequence: Iterable<unknown>): any {
  if (flatSequence == null || typeof flatSequence !== "object" || !(Symbol.iterator in flatSequence)) {
    throw new InvalidTypeError("packSequenceAs: expected `flatSequence` to be a list or another iterable.");
  }
  const leaves = [...flatSequence];
  const wanted = nest.flatten(structure).length;
  if (leaves.length !== wanted) {
    throw new ValueError(
      `packSequenceAs: the structure has ${wanted} leaves, but \`flatSequence\` has ${leaves.length} elements.`,
    );
  }
  return nest.pack(structure, leaves);
}

/** The structure with its lists replaced by frozen copies: the nearest that JavaScript has to tuples. */
// biome-ignore lint/suspicious/noExplicitAny: the structure is the caller's.
export function listsToTuples(structure: unknown): any {
  return traverse((part) => (Array.isArray(part) ? Object.freeze([...part]) : undefined), structure, false);
}

/** As {@link mapStructure} where the leaves are shapes: lists of whole numbers and `null`. */
// biome-ignore lint/suspicious/noExplicitAny: the structure is the caller's.
export function mapShapeStructure(func: (shape: any) => unknown, structure: unknown): any {
  checkFunction("mapShapeStructure", func);
  const isShape = (part: unknown) =>
    Array.isArray(part) && part.every((size) => size === null || Number.isInteger(size));
  return traverse((part) => (isShape(part) || !isNested(part) ? (func(part) ?? MAP_TO_NONE) : undefined), structure);
}

/**
 * Walks a structure depth-first and applies `func` to every part of it, the structure itself and its leaves among them.
 *
 * @param func Returns what replaces a part, or nothing to leave it. Top-down, a part that was replaced is not walked further;
 *   {@link MAP_TO_NONE} replaces by `null`.
 * @param topDown Whether parents come before their children. Default `true`.
 * @returns The structure with what was replaced.
 * @throws InvalidTypeError when `func` is no function.
 */
// biome-ignore lint/suspicious/noExplicitAny: parts and result are of the caller's types.
export function traverse(func: (part: any) => unknown, structure: unknown, topDown = true): any {
  checkFunction("traverse", func);
  const children = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (nest.isDict(part)) return Object.fromEntries(keysOf(part).map((key) => [key, visit(child(part, key))]));
    return part;
  };
  const visit = (part: unknown): unknown => {
    const walked = topDown ? part : children(part);
    const found = func(walked);
    if (found === MAP_TO_NONE) return null;
    if (found !== null && found !== undefined) return found;
    return topDown ? children(part) : walked;
  };
  return visit(structure);
}
