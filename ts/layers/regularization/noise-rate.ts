import { describe } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** @throws ValueError unless the value lies between 0 and 1. */
export function checkFraction(name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ValueError(
    `Invalid value received for argument \`${name}\`. Expected a float value between 0 and 1. Received: ${name}=${describe(value)}`,
  );
}
