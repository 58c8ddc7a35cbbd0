import { ValueError } from "../errors.js";

/** A value, a list of structures, or a dict of structures. Dicts are walked in the order of their sorted keys, as Keras does. */
export type Structure<T> = T | readonly Structure<T>[] | { readonly [key: string]: Structure<T> };

/** Whether a value is a plain object (a dict), not an instance of a class. */
export function isDict(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** The leaves in order. `null` and `undefined` are leaves too. */
export function flatten<T>(structure: Structure<T>): T[] {
  const out: T[] = [];
  visit(structure, (leaf) => out.push(leaf as T));
  return out;
}

/** Calls `fn` on each leaf in order. */
export function visit(structure: unknown, fn: (leaf: unknown) => void): void {
  if (Array.isArray(structure)) {
    for (const part of structure) visit(part, fn);
  } else if (isDict(structure)) {
    for (const key of Object.keys(structure).sort()) visit(structure[key], fn);
  } else {
    fn(structure);
  }
}

/** The same structure with each leaf replaced by `fn(leaf)`. */
export function mapStructure<T, U>(structure: Structure<T>, fn: (leaf: T) => U): Structure<U> {
  if (Array.isArray(structure)) return structure.map((part) => mapStructure(part as Structure<T>, fn));
  if (isDict(structure)) {
    const out: Record<string, Structure<U>> = {};
    for (const key of Object.keys(structure).sort()) out[key] = mapStructure(structure[key] as Structure<T>, fn);
    return out;
  }
  return fn(structure as T);
}

/** The structure of `like` with the leaves of `leaves`, in order. @throws ValueError when the counts differ. */
export function pack<T>(like: unknown, leaves: readonly T[]): Structure<T> {
  let next = 0;
  const out = mapStructure(like as Structure<unknown>, () => {
    if (next >= leaves.length)
      throw new ValueError(`nest.pack: the structure has more than the ${leaves.length} leaves that were given.`);
    return leaves[next++] as T;
  });
  if (next !== leaves.length)
    throw new ValueError(`nest.pack: the structure has ${next} leaves, but ${leaves.length} were given.`);
  return out;
}

/** Each leaf with its path: `["a", 0]` for `{ a: [leaf] }`. */
export function flattenWithPath<T>(structure: Structure<T>): { path: (string | number)[]; leaf: T }[] {
  const out: { path: (string | number)[]; leaf: T }[] = [];
  const walk = (part: unknown, path: (string | number)[]): void => {
    if (Array.isArray(part)) part.forEach((p, i) => void walk(p, [...path, i]));
    else if (isDict(part)) for (const key of Object.keys(part).sort()) walk(part[key], [...path, key]);
    else out.push({ path, leaf: part as T });
  };
  walk(structure, []);
  return out;
}

/** Whether two structures have the same lists and dicts in the same places. */
export function sameStructure(a: unknown, b: unknown): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((part, i) => sameStructure(part, b[i]));
  if (isDict(a)) {
    if (!isDict(b)) return false;
    const keys = Object.keys(a).sort();
    return keys.join("\0") === Object.keys(b).sort().join("\0") && keys.every((key) => sameStructure(a[key], b[key]));
  }
  return !Array.isArray(b) && !isDict(b);
}
