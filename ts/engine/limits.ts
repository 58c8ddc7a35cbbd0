import { ValueError } from "../errors.js";

/** A limit out of the environment, as Keras reads it at its import; anything but a whole number from 1 is no limit. */
function fromEnvironment(name: string): number | null {
  const value = Number(process.env[name]);
  return Number.isInteger(value) && value > 0 ? value : null;
}

let epochs = fromEnvironment("KERAS_MAX_EPOCHS");
let steps = fromEnvironment("KERAS_MAX_STEPS_PER_EPOCH");

function check(who: string, value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new ValueError(`${who}: expected a whole number from 1, or null for no limit, got ${String(value)}.`);
  }
  return value;
}

/** The most epochs a `fit` may train; `null` (no limit) unless {@link setMaxEpochs} or the variable `KERAS_MAX_EPOCHS` says otherwise. */
export function maxEpochs(): number | null {
  return epochs;
}

/** Limits the epochs of every `fit` to try a program quickly. @throws ValueError for anything but a whole number from 1 or `null`. */
export function setMaxEpochs(value: number | null): void {
  epochs = check("setMaxEpochs", value);
}

/** The most batches of an epoch, in `fit`, `evaluate` and `predict`; `null` (no limit) unless {@link setMaxStepsPerEpoch} or `KERAS_MAX_STEPS_PER_EPOCH` says otherwise. */
export function maxStepsPerEpoch(): number | null {
  return steps;
}

/** Limits the batches of every epoch. @throws ValueError for anything but a whole number from 1 or `null`. */
export function setMaxStepsPerEpoch(value: number | null): void {
  steps = check("setMaxStepsPerEpoch", value);
}
