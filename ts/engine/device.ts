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
  /** What it does without, though it can be used: where a GPU's compiler is missing, elementwise ops run one by one. */
  readonly lacks?: string;
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
    .map(({ name, reason, lacks }) => ({
      name,
      reason: (name.startsWith("cuda") ? missing : null) ?? reason ?? null,
      ...(lacks === undefined ? {} : { lacks }),
    }));
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

/** What the tensors of a device take, in bytes. */
export interface MemoryInfo {
  /** Those that are there now: data sets while they are learned from, weights, and what steps compute. */
  readonly current: number;
  /** The most that {@link setMemoryLimit} allows; `null`: what the device has. */
  readonly limit: number | null;
}

/** Asks the addon about a device. */
function asking<R>(name: string, who: string, ask: (name: string) => R): R {
  const device = asDevice(name, who);
  try {
    return ask(device);
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * What the tensors of a device take, as TensorFlow's `tf.config.experimental.get_memory_info` tells: for `"candle:cpu"` and GPUs.
 *
 * @throws NotImplementedError for `"cpu"`, whose memory is the process's own.
 */
export function memoryInfo(name: string): MemoryInfo {
  const { current, limit } = asking(name, "memoryInfo", (name) => native().memoryInfo(name));
  return { current, limit: limit ?? null };
}

/**
 * Bounds the memory of a device's tensors, as TensorFlow's logical devices with a `memory_limit` do: for `"candle:cpu"` and GPUs. Data sets
 * are kept on the device only as far as they fit; what passes the limit all the same is a `ResourceExhaustedError`, after which the process and
 * the model go on. What a kernel needs while it runs is not counted, so leave some room below what the device has. Memory is taken when it is
 * needed, never at once.
 *
 * @param bytes A whole number; `null` lifts the limit (the default: what the device has).
 * @throws ValueError for a number that is none, NotImplementedError for `"cpu"`.
 *
 * @example keras.config.setMemoryLimit("cuda:0", 4 * 2 ** 30)
 */
export function setMemoryLimit(name: string, bytes: number | null): void {
  if (bytes !== null && !(Number.isSafeInteger(bytes) && bytes >= 0)) {
    throw new ValueError(`setMemoryLimit: expected a whole number of bytes or null, got ${String(bytes)}.`);
  }
  asking(name, "setMemoryLimit", (name) => native().setMemoryLimit(name, bytes ?? undefined));
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
