import { isDict } from "../engine/nest.js";
import type { StringTensor } from "../engine/string-tensor.js";
import { ValueError } from "../errors.js";
import { type ArrayData, isArrayObject } from "./array.js";

/** Data of all inputs (or targets): of one, a list, or a dict by name. */
// biome-ignore lint/suspicious/noExplicitAny: nested arrays of any depth are data too.
export type Data = ArrayData | StringTensor | readonly any[] | { readonly [name: string]: any };

const quote = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/**
 * One value for each name, from a list, a dict by name, or a single value where there is one name.
 *
 * @param kind What the names are: `input` or `output`.
 * @param optional Whether a dict may leave out names (`null` then).
 */
export function spread(
  value: unknown,
  names: readonly string[],
  kind: "input" | "target",
  optional = false,
): unknown[] {
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
