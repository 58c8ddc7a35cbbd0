import { NotImplementedError } from "../errors.js";

/** There are no complex tensors: what makes one says so. */
function refuse(who: string, instead: string): never {
  throw new NotImplementedError(`${who}: complex dtypes are not supported. ${instead}`);
}

/** A complex tensor of absolute values and angles, in Keras. @throws NotImplementedError always: keep real and imaginary parts apart. */
export function polar(_abs: unknown, _angle: unknown): never {
  return refuse(
    "polar",
    "The real part is `abs.multiply(ops.cos(angle))`, the imaginary part `abs.multiply(ops.sin(angle))`.",
  );
}

/** A complex tensor of the pairs in the last axis, in Keras. @throws NotImplementedError always: the pairs are what the Fourier ops take. */
export function viewAsComplex(_x: unknown): never {
  return refuse("viewAsComplex", "Real and imaginary parts stay two tensors, as `ops.fft` takes and returns them.");
}

/** The pairs of a complex tensor, in Keras. @throws NotImplementedError always: no tensor here is complex. */
export function viewAsReal(_x: unknown): never {
  return refuse(
    "viewAsReal",
    "Real and imaginary parts are two tensors already; `ops.stack([re, im], -1)` makes pairs.",
  );
}
