import { describe } from "../../../engine/shape.js";
import { ValueError } from "../../../errors.js";

/** @throws ValueError unless height and width are positive integers. */
export function checkSize(who: string, height: unknown, width: unknown): void {
  for (const [name, value] of Object.entries({ height, width })) {
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw new ValueError(`${who}: expected \`${name}\` to be a positive integer, got ${describe(value)}.`);
    }
  }
}
