import { ValueError } from "../errors.js";
import { describe } from "./shape.js";

/** @throws ValueError unless an argument is a positive integer. */
export function positiveInteger(who: string, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new ValueError(`${who}: \`${name}\` must be a positive integer. Received: ${name}=${describe(value)}`);
}
