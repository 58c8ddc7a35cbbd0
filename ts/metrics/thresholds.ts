import { epsilon } from "../engine/config.js";
import { ValueError } from "../errors.js";

/** A threshold or several, in [0, 1]. */
export type ThresholdArgument = number | readonly number[] | null;

/**
 * The thresholds that an argument means.
 *
 * @param fallback What `null` means.
 * @throws ValueError for a threshold outside [0, 1].
 */
export function parseThresholds(who: string, given: ThresholdArgument, fallback = 0.5): readonly number[] {
  if (given === null) return [fallback];
  const thresholds = typeof given === "number" ? [given] : given;
  const invalid = thresholds.filter((threshold) => !(threshold >= 0 && threshold <= 1));
  if (invalid.length > 0 || thresholds.length === 0) {
    throw new ValueError(`${who}: \`thresholds\` must be in [0, 1]. Received: ${JSON.stringify(given)}`);
  }
  return [...thresholds];
}

/** `count` thresholds from 0 to 1 at equal distances. */
export function evenThresholds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index / (count - 1));
}

/** Whether thresholds are those of {@link evenThresholds}: then a prediction's place among them is computed, not searched. */
export function areEven(thresholds: readonly number[]): boolean {
  if (thresholds.length < 3) return false;
  const even = evenThresholds(thresholds.length);
  return thresholds.every((threshold, index) => {
    const want = even[index] as number;
    return Math.abs(threshold - want) <= epsilon() + 1e-5 * want;
  });
}
