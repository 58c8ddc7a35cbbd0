import { toSnakeCase } from "./config.js";

const counters = new Map<string, number>();

/** A name no other object of this session got from here: `dense`, `dense_1`, `dense_2`… */
export function uniqueName(prefix: string): string {
  const count = counters.get(prefix) ?? 0;
  counters.set(prefix, count + 1);
  return count === 0 ? prefix : `${prefix}_${count}`;
}

/** How many times this was asked for a prefix, this time included: 1, 2, 3… It counts with the names above. */
export function getUid(prefix = ""): number {
  const count = (counters.get(prefix) ?? 0) + 1;
  counters.set(prefix, count);
  return count;
}

/** The automatic name of an instance of a class: `Dense` → `dense`, `Conv2D` → `conv2d_1`. */
export function autoName(className: string): string {
  return uniqueName(toSnakeCase(className));
}

/** Starts automatic names from the beginning (`keras.utils.clearSession`). */
export function resetNames(): void {
  counters.clear();
}
