import { ValueError } from "../errors.js";
import { native } from "../native.js";

/** How many threads kernels use on the CPU, the calling one included. */
export function threads(): number {
  return native().threads();
}

/**
 * Sets how many threads kernels use on the CPU, from the next step on. Default: one for each core, 16 at most. Results are the same within
 * rounding, random numbers exactly.
 *
 * @param count From 1 to 256. A server that runs many small models at once is often best with 1.
 * @throws ValueError for anything else.
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new ValueError(`setThreads: expected an integer from 1 to 256. Received: ${String(count)}`);
  }
  native().setThreads(count);
}
