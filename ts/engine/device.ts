import { fromNative, InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";
import { cudaMissing, native } from "../native.js";

/** The device of everything that asks for none; where a program is tried on another one, the environment says which. */
let current = process.env.KEROSENE_DEVICE ?? "cpu";

/** A device's name, if there is such a device here. */
export function asDevice(name: unknown, who: string): string {
  if (typeof name !== "string") throw new ValueError(`${who}: expected a device's name, got ${String(name)}.`);
  const missing = /^(cuda|gpu)(:\d+)?$/.test(name) ? cudaMissing() : null;
  if (missing !== null) {
    throw new NotImplementedError(
      `The device ${name} cannot be used: ${missing}. The CPU is always there: setDevice("cpu").`,
    );
  }
  try {
    native().checkDevice(name);
  } catch (error) {
    throw fromNative(error);
  }
  return name;
}

/** A device, as {@link devices} lists it. */
export interface DeviceListing {
  /** As {@link setDevice} takes it. */
  readonly name: string;
  /** Why it cannot be used; `null`: it can. */
  readonly reason: string | null;
}

/**
 * The devices of this machine, and of each kind of GPU that it lacks the first, with the reason: no driver, one that is too old, libraries of CUDA
 * that are not installed, the package `@kerosene/cuda-linux-x64` that is not.
 *
 * @example keras.config.devices().filter(({ reason }) => reason === null)
 */
export function devices(): DeviceListing[] {
  const missing = cudaMissing();
  return native()
    .devices()
    .map(({ name, reason }) => ({ name, reason: (name.startsWith("cuda") ? missing : null) ?? reason ?? null }));
}

/**
 * Where ops, models and training steps run from now on:
 *
 * - `"cpu"` (the default): this package's own kernels;
 * - `"candle:cpu"`: candle's tensors on the CPU, slower, and the same code as on a GPU;
 * - `"cuda:0"`, `"metal:0"`, …: candle's tensors on that GPU, where the package was built for one.
 *
 * Random numbers are the same everywhere; results agree within rounding. A model's own `device` goes before this one.
 *
 * @throws ValueError for a name that is none, NotImplementedError where the device cannot be used, with the reason.
 */
export function setDevice(name: string): void {
  current = asDevice(name, "setDevice");
}

/** The device that ops and models without one of their own use. */
export function device(): string {
  return current;
}

/**
 * Calls `fn` with this device as the one that ops and models use, as `with keras.device(name):` does.
 *
 * @returns What `fn` returns. It must not be async: other code runs while it waits.
 * @throws As {@link setDevice}.
 * @see https://keras.io/api/utils/backend_utils/
 */
export function onDevice<R>(name: string, fn: () => R): R {
  const before = current;
  current = asDevice(name, "device");
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new InvalidTypeError(
        "device: the function must not be async; use keras.config.setDevice, or a model's `device`.",
      );
    }
    return result;
  } finally {
    current = before;
  }
}
