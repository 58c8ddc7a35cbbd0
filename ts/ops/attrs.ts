import { describe } from "../engine/shape.js";
import { InvalidTypeError } from "../errors.js";

/**
 * One axis, several or none, as the wire wants them: a list or null.
 *
 * @throws InvalidTypeError for anything but integers.
 */
export function axes(axis: number | readonly number[] | null): string {
  if (axis === null) return "null";
  const list = typeof axis === "number" ? [axis] : axis;
  if (!Array.isArray(list) || !list.every(Number.isInteger)) {
    throw new InvalidTypeError(`axis: expected an integer, a list of integers or null, got ${describe(axis)}.`);
  }
  return `[${list}]`;
}

/** A value as JSON; numbers that JSON cannot hold travel as words. */
export function json(value: unknown): string {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return String(value);
    return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
  }
  return JSON.stringify(value) ?? "null";
}
