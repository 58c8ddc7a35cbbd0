import { resetNames } from "../engine/names.js";

/**
 * Starts automatic names (`dense`, `dense_1`, …) from the beginning.
 *
 * @param freeMemory Whether to collect garbage now, where Node lets programs ask for it (`node --expose-gc`). Default `true`.
 * Source: `keras.utils.clear_session`.
 */
export function clearSession(freeMemory = true): void {
  resetNames();
  if (freeMemory) (globalThis as { gc?: () => void }).gc?.();
}
