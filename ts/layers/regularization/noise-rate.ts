import { describe } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** A rate, probability or the like. @throws ValueError unless the value is a number between 0 and 1. */
export function checkFraction(who: string, name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ValueError(
    `${who}: invalid value received for argument \`${name}\`. Expected a number between 0 and 1. ` +
      `Received: ${name}=${describe(value)}`,
  );
}
