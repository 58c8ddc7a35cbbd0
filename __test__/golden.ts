import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Source, type Tensors } from "./parity/source.js";

/** Keras's own numbers lie beside the checkout on the project's machines; elsewhere the tests that need them are skipped. */
const source = new Source(join(import.meta.dirname, "..", "..", "..", "shared", "golden"));

/** Whether the golden cases are there. */
export const hasGolden = existsSync(source.folder);

/** A test that needs them: skipped where they are not. */
export const goldenTest = hasGolden ? test : test.skip;

/** A JSON file of the golden cases. */
export function goldenJson<T>(name: string): T {
  return source.json<T>(name);
}

/** The tensors of a safetensors file by key. */
export function goldenTensors(name: string): Tensors {
  return source.tensors(name);
}
