import { isDict, type Structure } from "../engine/nest.js";
import type { StringTensor } from "../engine/string-tensor.js";
import { ValueError } from "../errors.js";
import { type ArrayData, isArrayObject } from "./array.js";
import { isDeep } from "./outputs.js";

/** Data of all inputs (or targets): of one, a list, or a dict by name. */
// biome-ignore lint/suspicious/noExplicitAny: nested arrays of any depth are data too.
export type Data = ArrayData | StringTensor | readonly any[] | { readonly [name: string]: any };

const quote = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

const isNested = (value: unknown): boolean => Array.isArray(value) || isDict(value);

/** The parts of a value where the leaves of a structure are; `null` where it has other lists or dicts. */
function aligned(structure: unknown, value: unknown): unknown[] | null {
  if (!isNested(structure)) return [value];
  const keys = Array.isArray(structure) ? [...structure.keys()] : Object.keys(structure as object).sort();
  if (Array.isArray(structure) ? !Array.isArray(value) : !isDict(value)) return null;
  if (Object.keys(value as object).length !== keys.length) return null;
  const parts = keys.map((key) => {
    const [within, part] = [structure, value].map((side) => (side as Record<string | number, unknown>)[key]);
    return Object.hasOwn(value as object, key) ? aligned(within, part) : null;
  });
  return parts.includes(null) ? null : parts.flat();
}

/** A structure as text: `{ u: *, v: [*, *] }`. */
function outline(structure: unknown): string {
  if (Array.isArray(structure)) return `[${structure.map(outline).join(", ")}]`;
  if (!isDict(structure)) return "*";
  return `{ ${Object.entries(structure)
    .map(([key, part]) => `${key}: ${outline(part)}`)
    .join(", ")} }`;
}

/**
 * One value for each name, from a list, a dict by name, or a single value where there is one name; or in the model's own structure, where
 * that is nested.
 *
 * @param kind What the names are: `input` or `output`.
 * @param optional Whether a dict may leave out names (`null` then).
 * @param structure The model's own structure, with a leaf for each name.
 */
export function spread(
  value: unknown,
  names: readonly string[],
  kind: "input" | "target",
  optional = false,
  structure: Structure<unknown> = null,
): unknown[] {
  if (isDeep(structure)) {
    const parts = aligned(structure, value);
    if (parts !== null) return parts;
    const byName = isDict(value) && Object.keys(value).some((key) => names.includes(key));
    if (!byName && !(Array.isArray(value) && value.length === names.length)) {
      throw new ValueError(
        `The model's ${kind}s have the structure ${outline(structure)} (${quote(names)}), but other lists or dicts were given. Pass data in this ` +
          `structure, a list of ${names.length}, or a dict by name.`,
      );
    }
  }
  if (isDict(value) && !isArrayObject(value)) return spreadDict(value, names, kind, optional);
  if (names.length === 1) {
    const lone = Array.isArray(value) && value.length === 1 && isArrayObject(value[0]) && !ArrayBuffer.isView(value[0]);
    if (
      Array.isArray(value) &&
      value.length > 1 &&
      value.every((part) => isArrayObject(part) && !ArrayBuffer.isView(part))
    ) {
      throw new ValueError(
        `The model has 1 ${kind} (${quote(names)}), but a list of ${value.length} arrays was given.`,
      );
    }
    return [lone ? (value as unknown[])[0] : value];
  }
  if (!Array.isArray(value)) {
    throw new ValueError(
      `The model has ${names.length} ${kind}s (${quote(names)}), but one array was given. Pass a list of ${names.length}, or a dict with these keys.`,
    );
  }
  if (value.length !== names.length) {
    throw new ValueError(
      `The model has ${names.length} ${kind}s (${quote(names)}), but a list of ${value.length} was given. Pass a list of ${names.length}, or a dict with these keys.`,
    );
  }
  return [...value];
}

function spreadDict(
  value: Record<string, unknown>,
  names: readonly string[],
  kind: string,
  optional: boolean,
): unknown[] {
  const keys = Object.keys(value);
  const received = `You passed a data dictionary with keys [${quote(keys)}]. Expected the following keys: [${quote(names)}]`;
  const missing = optional ? [] : names.filter((name) => value[name] == null);
  if (missing.length > 0) throw new ValueError(`Missing data for ${kind} ${quote(missing)}. ${received}`);
  const unknown = keys.filter((key) => !names.includes(key));
  if (unknown.length > 0) throw new ValueError(`Unknown ${kind} ${quote(unknown)}. ${received}`);
  return names.map((name) => value[name] ?? null);
}
