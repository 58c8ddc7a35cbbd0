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
export type NativeKeptArrays = Binding.KeptArrays;

let binding: typeof Binding | undefined;

/** The names a prebuilt addon may have on this machine, most likely first. */
function triples(): string[] {
  const base = `${process.platform}-${process.arch}`;
  if (process.platform === "linux") return [`${base}-gnu`, `${base}-musl`];
  if (process.platform === "win32") return [`${base}-msvc`];
  return [base];
}

type Attempt = { readonly addon: typeof Binding } | { readonly reason: string };

const require = createRequire(import.meta.url);

function attempt(what: string): Attempt {
  try {
    return { addon: require(what) as typeof Binding };
  } catch (error) {
    return { reason: `${what}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}` };
  }
}

/** A file beside this checkout's or package's own, whichever of `dist/` this code is in. */
const beside = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The package with NVIDIA's GPUs: the same addon and more, so it stands in for the other one. */
const CUDA = "@kerosene/cuda-linux-x64";

/** The addon with NVIDIA's GPUs, or why it is not used: only where the machine has a driver. */
function loadCuda(): Attempt {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return { reason: `NVIDIA's GPUs are used on linux-x64 only, and this is ${process.platform}-${process.arch}` };
  }
  // The last: Windows's driver, under WSL.
  if (!["/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg"].some((path) => existsSync(path))) {
    return { reason: "there is no NVIDIA driver on this machine" };
  }
  const local = beside("npm/cuda-linux-x64/kerosene.cuda-linux-x64.node");
  if (existsSync(local)) return attempt(local);
  const found = attempt(CUDA);
  if ("addon" in found || !found.reason.includes("Cannot find module")) return found;
  return { reason: `the package with CUDA is not installed: npm install ${CUDA}` };
}

/** Why the addon in use has no CUDA. */
let withoutCuda: string | null = null;

function load(): typeof Binding {
  const cuda = loadCuda();
  if ("addon" in cuda) return cuda.addon;
  withoutCuda = cuda.reason;
  const tried: string[] = [];
  for (const triple of triples()) {
    // A build of this checkout comes first, so that developers run what they built.
    const local = beside(`native/kerosene.${triple}.node`);
    for (const what of [local, `@kerosene/${triple.replace("-msvc", "")}`]) {
      const found: Attempt =
        what === local && !existsSync(local) ? { reason: `${local}: no such file` } : attempt(what);
      if ("addon" in found) return found.addon;
      tried.push(found.reason);
    }
  }
  throw new StateError(
    `kerosene's native addon was not found for ${process.platform}-${process.arch} (Node ${process.version}). Tried:\n` +
      `${tried.map((line) => `  ${line}`).join("\n")}\n` +
      "Reinstall with optional dependencies (npm install --include=optional), or build it from a checkout with `npm run build`.",
  );
}

/** Why the addon in use has no CUDA; `null` where it has. */
export function cudaMissing(): string | null {
  return native().hasCuda() ? null : withoutCuda;
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
