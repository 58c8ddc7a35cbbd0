import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as Binding from "../native/binding.js";
import { StateError } from "./errors.js";

export type { EpochOptions, Spec } from "../native/binding.js";
export type NativeGraph = Binding.Graph;
export type NativeBody = Binding.Body;
export type NativePlan = Binding.Plan;
export type NativeVariable = Binding.Variable;
export type NativeStopFlag = Binding.StopFlag;

let binding: typeof Binding | undefined;

/** The names a prebuilt addon may have on this machine, most likely first. */
function triples(): string[] {
  const base = `${process.platform}-${process.arch}`;
  if (process.platform === "linux") return [`${base}-gnu`, `${base}-musl`];
  if (process.platform === "win32") return [`${base}-msvc`];
  return [base];
}

function load(): typeof Binding {
  const require = createRequire(import.meta.url);
  const tried: string[] = [];
  const attempt = (what: string): typeof Binding | undefined => {
    try {
      return require(what) as typeof Binding;
    } catch (error) {
      tried.push(`${what}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
      return undefined;
    }
  };
  for (const triple of triples()) {
    // A build of this checkout comes first, so that developers run what they built.
    const local = fileURLToPath(new URL(`../native/kerosene.${triple}.node`, import.meta.url));
    if (existsSync(local)) {
      const found = attempt(local);
      if (found) return found;
    } else {
      tried.push(`${local}: no such file`);
    }
    const found = attempt(`@kerosene/${triple.replace("-msvc", "")}`);
    if (found) return found;
  }
  throw new StateError(
    `kerosene's native addon was not found for ${process.platform}-${process.arch} (Node ${process.version}). Tried:\n` +
      `${tried.map((line) => `  ${line}`).join("\n")}\n` +
      "Reinstall with optional dependencies (npm install --include=optional), or build it from a checkout with `npm run build`.",
  );
}

/**
 * The native addon, loaded at the first use so that importing the package stays cheap.
 *
 * @throws StateError listing every place that was tried, when there is no addon for this machine.
 */
export function native(): typeof Binding {
  binding ??= load();
  return binding;
}
