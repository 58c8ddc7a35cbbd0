import { describe } from "../../../engine/shape.js";
import { ValueError } from "../../../errors.js";

/** The least and the largest value. */
export type Range = readonly [number, number];

/** A number, which stands for a range, or a range. */
export type Factor = number | Range;

/** How a factor is read. */
export interface FactorRule {
  /** The class of the layer. */
  readonly who: string;
  readonly name?: string;
  /** What a factor may be at all. */
  readonly bounds: Range;
  /** The lower end that a single number f stands for, if it is not max(-|f|, the lower bound). */
  readonly lower?: (factor: number) => number;
}

/**
 * The range that a factor stands for: a number f stands for [max(-f, the lower bound), f], two numbers for themselves in order.
 *
 * @throws ValueError for what is no factor or lies outside of the bounds.
 */
export function rangeOf(factor: unknown, { who, name = "factor", bounds: [least, most], lower }: FactorRule): Range {
  const wrong = (): ValueError =>
    new ValueError(
      `${who}: the \`${name}\` argument should be a number (or a list of two numbers) in the range [${least}, ${most}]. ` +
        `Received: ${name}=${describe(factor)}`,
    );
  const within = (value: unknown): boolean => typeof value === "number" && value >= least && value <= most;
  if (Array.isArray(factor)) {
    if (factor.length !== 2 || !factor.every(within)) throw wrong();
    const [a, b] = factor as [number, number];
    return a <= b ? [a, b] : [b, a];
  }
  if (!within(factor)) throw wrong();
  const size = Math.abs(factor as number);
  return [lower === undefined ? Math.max(-size, least) : lower(size), size];
}

/** The range of the pixels of images. @throws ValueError unless it is two numbers. */
export function valueRangeOf(range: unknown, who: string): Range {
  if (!Array.isArray(range) || range.length !== 2 || !range.every((v) => typeof v === "number" && Number.isFinite(v))) {
    throw new ValueError(
      `${who}: the \`valueRange\` argument should be a list of two numbers. Received: valueRange=${describe(range)}`,
    );
  }
  const [a, b] = range as [number, number];
  return a <= b ? [a, b] : [b, a];
}

/** Where pixels of one range lie in another. */
export function rescale<
  X extends { subtract(v: number): X; divide(v: number): X; multiply(v: number): X; add(v: number): X },
>(images: X, from: Range, to: Range): X {
  if (from[0] === to[0] && from[1] === to[1]) return images;
  return images
    .subtract(from[0])
    .divide(from[1] - from[0])
    .multiply(to[1] - to[0])
    .add(to[0]);
}

/** Pixels from 0 to 255. */
export const BYTES: Range = [0, 255];
