import { positiveInteger } from "../../../engine/positive-integer.js";

/** @throws ValueError unless height and width are positive integers. */
export function checkSize(who: string, height: unknown, width: unknown): void {
  for (const [name, value] of Object.entries({ height, width })) positiveInteger(who, name, value);
}
