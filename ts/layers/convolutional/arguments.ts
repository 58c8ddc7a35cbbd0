import { describe, formatShape } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** One number for every spatial axis, or one for each. */
export type Window = number | readonly number[];

/**
 * One number for each of `rank` axes.
 *
 * @throws ValueError unless they are integers, positive or, where zero is allowed, not negative.
 */
export function tuple(value: unknown, rank: number, name: string, allowZero = false): readonly number[] {
  const list: unknown = typeof value === "number" ? Array.from({ length: rank }, () => value) : value;
  const plea = `The \`${name}\` argument must be a tuple of ${rank} integers. Received ${name}=${describe(value)}`;
  if (!Array.isArray(list) || list.length !== rank || !list.every(Number.isInteger)) throw new ValueError(plea);
  const bad = (list as number[]).filter((n) => (allowZero ? n < 0 : n <= 0));
  if (bad.length > 0) {
    throw new ValueError(
      `${plea}, including values {${[...new Set(bad)].join(", ")}} that do not satisfy \`value ${allowZero ? ">= 0" : "> 0"}\``,
    );
  }
  return [...(list as number[])];
}

/** @throws ValueError unless the padding is one of those that a layer knows. */
export function checkPadding<P extends string>(padding: unknown, allowed: readonly P[]): P {
  const found = allowed.find((name) => name === String(padding).toLowerCase());
  if (found !== undefined) return found;
  throw new ValueError(
    `The \`padding\` argument must be one of {${allowed.map((name) => `'${name}'`).join(", ")}}. ` +
      `Received: ${typeof padding === "string" ? padding : describe(padding)}`,
  );
}

/** @throws ValueError when windows both step and are spread out. */
export function checkSteps(strides: readonly number[], dilationRate: readonly number[]): void {
  if (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1) return;
  throw new ValueError(
    "`strides > 1` not supported in conjunction with `dilation_rate > 1`. " +
      `Received: strides=${formatShape(strides)} and dilation_rate=${formatShape(dilationRate)}`,
  );
}
