import { flattenWithPath, isDict, mapStructure, type Structure } from "../engine/nest.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { KeroseneError, ValueError } from "../errors.js";
import { defaultOutputNames, type Signature } from "./signature.js";

/** The outputs of a model, as losses, metrics and targets are given for them. */
export interface Outputs {
  /** Their structure. */
  readonly structure: Structure<unknown>;
  /** Their names, in the order of the structure's leaves. */
  readonly names: readonly string[];
  /** Whether these are the model's own names. Those of what a `call` returns are made up where it is no dict. */
  readonly named: boolean;
}

/** The outputs of a model that knows them before it is called. */
export function outputsOfSignature({ outputStructure, outputNames }: Signature): Outputs {
  return { structure: mapStructure(outputStructure, () => null), names: outputNames, named: true };
}

/** The outputs that a `call` returned. */
export function outputsOfResult(result: unknown): Outputs {
  const structure = mapStructure(result as Structure<unknown>, () => null);
  const names = defaultOutputNames(structure);
  return { structure, names, named: isDict(structure) && Object.keys(structure).length === names.length };
}

const quote = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/** Whether a dict is a saved object rather than a dict by output name. */
export function isSavedObject(value: unknown): boolean {
  return isDict(value) && typeof value.class_name === "string";
}

/** Whether a value is a list or dict of losses, metrics or names rather than one of them. */
const isContainer = (value: unknown): boolean => Array.isArray(value) || (isDict(value) && !isSavedObject(value));

/** The single values of an argument of `compile`: a value, or lists and dicts of them. */
export function valuesOf(given: unknown): unknown[] {
  if (!isContainer(given)) return given === null || given === undefined ? [] : [given];
  return Object.values(given as object).flatMap(valuesOf);
}

/** Runs a loss or a metric of an output; an error says whose it is, and what it was called on. */
export function forOutput<T>(what: string, output: string | undefined, [y, yPred]: readonly Tensor[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KeroseneError) {
      const shapes = `targets ${formatShape(y?.shape ?? [])} and predictions ${formatShape(yPred?.shape ?? [])}`;
      error.addContext(`\nin ${what} of output "${output}", called on ${shapes}`);
    }
    throw error;
  }
}

/** What may be given for the outputs. */
export interface Form {
  /** The argument's name, for errors. */
  readonly what: string;
  /** Whether an output can have a list of values. */
  readonly lists: boolean;
  /** Whether dicts may leave out outputs. */
  readonly partial: boolean;
  /** Whether a value is a list or dict of values. Default: every list, and every dict that is no saved object. */
  readonly isContainer?: (value: unknown) => boolean;
}

/**
 * One value for each output, in their order, from a single value for all, a list with one for each, a dict by output name, or a
 * structure like that of the outputs. `null` where there is none.
 *
 * @throws ValueError for lists of another length, and for dicts with other keys than the outputs'.
 */
export function perOutput(form: Form, given: unknown, outputs: Outputs): unknown[] {
  const { structure, names, named } = outputs;
  const { what, lists, isContainer: holds = isContainer } = form;
  const count = names.length;
  if (!holds(given)) return new Array(count).fill(given ?? null);
  if (Array.isArray(given)) {
    if (count === 1 && lists) return [single(form, given)];
    const flat = !isDeep(structure);
    if (given.length === count && (flat || !given.some(holds))) return given.map((value) => single(form, value));
    if (!flat) return follow(form, structure, given, []);
    throw new ValueError(
      `\`${what}\` is a list of ${given.length}, but the model has ${count} output(s) (${quote(names)}). ` +
        `Give one entry for each${lists ? " (a metric, a list or null)" : ""}, or a dict by output name.`,
    );
  }
  const dict = given as Record<string, unknown>;
  if (isDict(structure)) return follow(form, structure, dict, []);
  if (!named) throw new ValueError(`\`${what}\` is a dict, but the model's outputs have no names. Use a list.`);
  checkKeys(form, Object.keys(dict), names, []);
  return names.map((name) => single(form, dict[name]));
}

/** Whether outputs are lists or dicts within lists or dicts. */
export function isDeep(structure: Structure<unknown>): boolean {
  return isContainer(structure) && Object.values(structure as object).some(isContainer);
}

function single({ what, lists, isContainer: holds = isContainer }: Form, value: unknown): unknown {
  if (!holds(value)) return value ?? null;
  const isList = (part: unknown): boolean =>
    Array.isArray(part) && part.every((one) => !isContainer(one) || isList(one));
  if (lists && isList(value)) return value;
  const expected = lists ? "a metric or a list of them" : "one value";
  throw new ValueError(`\`${what}\` holds a list or dict where the model has one output: give it ${expected}.`);
}

function checkKeys(form: Form, given: readonly string[], known: readonly string[], path: readonly unknown[]): void {
  const unknown = given.filter((key) => !known.includes(key));
  const missing = form.partial ? [] : known.filter((key) => !given.includes(key));
  if (unknown.length + missing.length === 0) return;
  const place = `${form.what}${path.map((part) => `[${JSON.stringify(part)}]`).join("")}`;
  const why = [
    ...(missing.length > 0 ? [`missing: ${quote(missing)}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${quote(unknown)}`] : []),
  ];
  throw new ValueError(
    `Expected keys [${quote(known)}] in ${place} dict, but found [${quote(given)}] (${why.join("; ")}). ` +
      (form.partial ? "These are the outputs of the model." : "Every output must be named; null leaves one out."),
  );
}

/** The values at the leaves of the outputs' structure. A single value stands for all leaves below. */
function follow(
  form: Form,
  structure: Structure<unknown>,
  given: unknown,
  path: readonly (string | number)[],
): unknown[] {
  if (!isContainer(structure)) return [single(form, given)];
  const keys: readonly (string | number)[] = Array.isArray(structure)
    ? structure.map((_, index) => index)
    : Object.keys(structure as object).sort();
  const part = (of: unknown, key: string | number): unknown => (of as Record<string | number, unknown>)[key];
  const inner = (key: string | number, value: unknown): unknown[] =>
    follow(form, part(structure, key) as Structure<unknown>, value, [...path, key]);
  if (!(form.isContainer ?? isContainer)(given)) return keys.flatMap((key) => inner(key, given));
  if (Array.isArray(given)) {
    if (given.length === keys.length) return keys.flatMap((key, index) => inner(key, given[index]));
  } else if (!Array.isArray(structure)) {
    checkKeys(form, Object.keys(given as object), keys as readonly string[], path);
    return keys.flatMap((key) => inner(key, part(given, key)));
  }
  const place = `${form.what}${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`;
  const expected = Array.isArray(structure)
    ? `a list of ${keys.length}`
    : `a dict with the keys ${quote(keys as string[])}`;
  const came = Array.isArray(given)
    ? `a list of ${given.length}`
    : `a dict with the keys ${quote(Object.keys(given as object))}`;
  throw new ValueError(`\`${place}\` must have the structure of the outputs: expected ${expected}, got ${came}.`);
}

/**
 * The names under which the outputs' losses are logged, without `_loss`: the output's name, below the names and places of the structures
 * around it (`v/q`). An output without a name goes by its loss.
 */
export function lossNames({ structure, names, named }: Outputs, ownNames: readonly (string | null)[]): string[] {
  return flattenWithPath(structure).map(({ path }, index) => {
    const own = (named ? names[index] : (ownNames[index] ?? names[index])) as string;
    const outer = typeof path.at(-1) === "string" ? path : [...path.slice(0, -1), own];
    return outer.join("/");
  });
}
