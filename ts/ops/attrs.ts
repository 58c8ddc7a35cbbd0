/** One axis, several or none, as the wire wants them: a list or null. */
export function axes(axis: number | readonly number[] | null): string {
  if (axis === null) return "null";
  return typeof axis === "number" ? `[${axis}]` : JSON.stringify(axis);
}

/** A value as JSON; numbers that JSON cannot hold travel as words. */
export function json(value: unknown): string {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return String(value);
    return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
  }
  return JSON.stringify(value) ?? "null";
}
