import { describe, type Shape } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** What is added or cut at the two ends of an axis. */
export type Ends = readonly [number, number];

const words = ["no", "one", "two", "three"];
const places = ["1st", "2nd", "3rd"];

/**
 * One integer for each of `count` places, from one for all or a list.
 *
 * @throws ValueError unless they are integers, positive or, where zero is allowed, not negative.
 */
export function integers(value: unknown, count: number, name: string, allowZero = false): readonly number[] {
  const list: unknown = typeof value === "number" ? Array.from({ length: count }, () => value) : value;
  const message = `The \`${name}\` argument must be a tuple of ${count} integers. Received ${name}=${describe(value)}`;
  if (!Array.isArray(list) || list.length !== count || !list.every(Number.isInteger)) throw new ValueError(message);
  const wrong = (list as number[]).filter((n) => (allowZero ? n < 0 : n <= 0));
  if (wrong.length > 0) {
    const rule = `value ${allowZero ? ">= 0" : "> 0"}`;
    throw new ValueError(
      `${message}, including values {${[...new Set(wrong)].join(", ")}} that do not satisfy \`${rule}\``,
    );
  }
  return [...(list as number[])];
}

/** The two ends of the only spatial axis. */
export function ends(value: unknown, name: string): Ends {
  return integers(value, 2, name, true) as Ends;
}

/**
 * The ends of each spatial axis: from one integer for all, a list of one for each axis, or a list of pairs.
 *
 * @throws ValueError for anything else.
 */
export function endsOfAxes(value: unknown, axes: number, name: string): readonly Ends[] {
  if (typeof value === "number") {
    if (!Number.isInteger(value) || value < 0) {
      throw new ValueError(`\`${name}\` cannot be negative, and must be an integer. Received: ${name}=${value}.`);
    }
    return Array.from({ length: axes }, () => [value, value] as const);
  }
  if (!Array.isArray(value)) {
    throw new ValueError(
      `\`${name}\` should be an integer, a list of ${axes} integers, or a list of ${axes} pairs of integers. ` +
        `Received: ${name}=${describe(value)}.`,
    );
  }
  if (value.length !== axes) {
    throw new ValueError(`\`${name}\` should have ${words[axes]} elements. Received: ${name}=${describe(value)}.`);
  }
  return value.map((one, i) => integers(one, 2, `${places[i]} entry of ${name}`, true) as Ends);
}

/** The first spatial axis of a format. */
export function firstSpatialAxis(dataFormat: "channels_last" | "channels_first"): number {
  return dataFormat === "channels_first" ? 2 : 1;
}

/** @throws ValueError when nothing is left of an axis whose length is known. */
export function checkCropping(shape: Shape, cropping: readonly Ends[], first: number): void {
  cropping.forEach(([before, after], i) => {
    const length = shape[first + i];
    if (length == null || before + after < length) return;
    throw new ValueError(
      "Values in the `cropping` argument should be smaller than the corresponding spatial dimension of the input. " +
        `Received: inputs.shape=(${shape.map((d) => d ?? "None").join(", ")}), cropping=${JSON.stringify(cropping)}`,
    );
  });
}
