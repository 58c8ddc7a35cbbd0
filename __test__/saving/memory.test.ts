import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { temporary } from "./files.js";
import { tellsPeak } from "./memory.js";

const run = promisify(execFile);
const onLinux = tellsPeak ? test.serial : test.serial.skip;

/** The memory that a process takes for its work beyond what it had, in bytes. */
async function extraOf(what: string, path: string): Promise<number> {
  const program = join(import.meta.dirname, "memory-program.js");
  const { stdout } = await run(process.execPath, ["--conditions=kerosene-modules", "--expose-gc", program, what, path]);
  return JSON.parse(stdout).extra;
}

const SIZE = 4 * 2048 * 2048 * 4;

for (const [saving, loading, name] of [
  ["saveWeights", "loadWeights", "a.weights.h5"],
  ["saveWeights", "loadWeights", "a.safetensors"],
  ["save", "load", "a.keras"],
  ["save", "load", "a.h5"],
] as const) {
  onLinux(`${loading} of ${name}: a second copy of the weights is never in memory`, async (t) => {
    t.timeout(120_000);
    const path = temporary(name);
    const saved = await extraOf(saving, path);
    const { size } = statSync(path);
    t.true(size >= SIZE && size < 1.01 * SIZE);
    const extra = await extraOf(loading, path);
    // A whole model takes its weights' memory; weights that are loaded into a model take none.
    const own = loading === "load" ? 1 : 0;
    t.true(extra < (own + 0.3) * SIZE, `${extra} bytes beyond what was there, for a file of ${size}`);
    // One copy on the way to the file: training may go on meanwhile.
    t.true(saved < (1 + 0.3) * SIZE, `${saved} bytes to save ${size}`);
  });
}
