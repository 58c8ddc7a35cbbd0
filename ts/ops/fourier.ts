import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { convertToTensor } from "./core.js";
import * as wire from "./generated.js";
import { concatenate, flip, pad, reshape, sliceAxis, swapaxes } from "./movement.js";

/** Complex numbers: the tensor of the real parts and that of the imaginary parts, of one shape and floating dtype. */
export type ComplexPair<X> = readonly [X, X];

/** Two tensors as a pair of parts. @throws ValueError for anything else; InvalidTypeError for other than floats. */
export function pairOf(x: readonly Operand[], who: string): [Tensor, Tensor] {
  if (!Array.isArray(x) || x.length !== 2) {
    throw new ValueError(`${who}: expected a pair of tensors [real, imaginary], got ${describe(x)}.`);
  }
  const [re, im] = x.map((part) => convertToTensor(part) as Tensor) as [Tensor, Tensor];
  if (![re, im].every((t) => t.dtype === "float32" || t.dtype === "float64")) {
    throw new InvalidTypeError(`${who}: expected parts of dtype float32 or float64, got ${re.dtype} and ${im.dtype}.`);
  }
  if (re.ndim !== im.ndim) {
    throw new ValueError(
      `${who}: expected parts of one shape, got ${formatShape(re.shape)} and ${formatShape(im.shape)}.`,
    );
  }
  return [re, im];
}

/** The transform along the last axis. */
export function transformed([re, im]: readonly [Tensor, Tensor], inverse = false): [Tensor, Tensor] {
  const both = wire.fftPacked(re, im, { inverse });
  const part = (i: number): Tensor => reshape(sliceAxis(both, 0, i, 1), both.shape.slice(1));
  const n = re.shape.at(-1) ?? 1;
  return inverse ? [part(0).divide(n), part(1).divide(n)] : [part(0), part(1)];
}

/** The transform along the last two axes. */
function plane(x: [Tensor, Tensor], inverse: boolean, who: string): [Tensor, Tensor] {
  if (x[0].ndim < 2) throw new ValueError(`${who}: expected at least two axes, got shape ${formatShape(x[0].shape)}.`);
  const turned = (pair: [Tensor, Tensor]) => pair.map((t) => swapaxes(t, -1, -2)) as [Tensor, Tensor];
  return turned(transformed(turned(transformed(x, inverse)), inverse));
}

type Pair<X extends Operand> = [Result<X>, Result<X>];

function ofPair<X extends Operand>(
  className: string,
  x: ComplexPair<X>,
  compute: (x: [Tensor, Tensor]) => [Tensor, Tensor],
): Pair<X> {
  const whole = (given: readonly Operand[]): unknown => compute(pairOf(given, className.toLowerCase()));
  return composite(className, [x] as const, whole as (x: ComplexPair<X>) => Pair<X>);
}

/** The discrete Fourier transform Σ zₖ e^(−2πi jk / n) along the last axis, of a pair of real and imaginary parts. */
export function fft<X extends Operand>(x: ComplexPair<X>): Pair<X> {
  return ofPair("FFT", x, (pair) => transformed(pair));
}

/** The inverse of {@link fft}. */
export function ifft<X extends Operand>(x: ComplexPair<X>): Pair<X> {
  return ofPair("IFFT", x, (pair) => transformed(pair, true));
}

/** The discrete Fourier transform along the last two axes, of a pair of real and imaginary parts. */
export function fft2<X extends Operand>(x: ComplexPair<X>): Pair<X> {
  return ofPair("FFT2", x, (pair) => plane(pair, false, "fft2"));
}

/** The inverse of {@link fft2}. */
export function ifft2<X extends Operand>(x: ComplexPair<X>): Pair<X> {
  return ofPair("IFFT2", x, (pair) => plane(pair, true, "ifft2"));
}

/** A number of samples a user gave. */
function lengthOf(given: number | null | undefined, fallback: number | null, who: string): number | null {
  if (given === null || given === undefined) return fallback;
  if (!Number.isInteger(given) || given < 1)
    throw new ValueError(`${who}: expected fftLength of 1 or more, got ${given}.`);
  return given;
}

/** The last axis cut off or filled up with zeros. */
export function fitted(x: Tensor, length: number): Tensor {
  const n = x.shape.at(-1) ?? length;
  if (n === length) return x;
  if (n > length) return sliceAxis(x, x.ndim - 1, 0, length);
  return pad(
    x,
    x.shape.map((_, i) => [0, i === x.ndim - 1 ? length - n : 0] as const),
  );
}

/** The first half of the transform of real numbers, n/2 + 1 frequencies; the other half mirrors it. */
export function realTransformed(x: Tensor, length: number | null): [Tensor, Tensor] {
  const whole = length === null ? x : fitted(x, length);
  const n = length ?? (whole.shape.at(-1) as number | null);
  const parts = transformed([whole, wire.multiply(whole, 0)]);
  if (n === null) return parts;
  return parts.map((t) => sliceAxis(t, t.ndim - 1, 0, Math.floor(n / 2) + 1)) as [Tensor, Tensor];
}

/** The inverse of {@link realTransformed}. */
export function realInverse(pair: readonly [Tensor, Tensor], length: number): Tensor {
  const half = Math.floor(length / 2) + 1;
  const [re, im] = pair.map((t) => fitted(t, half)) as [Tensor, Tensor];
  // The frequencies of a real signal mirror each other, but for the first and, of an even number, the middle one, which are real.
  const mirrored = (t: Tensor): Tensor => flip(sliceAxis(t, t.ndim - 1, 1, length - half), -1);
  const edges = wire.iota({ shape: [half] });
  const middle = length % 2 === 0 ? edges.equal(half - 1) : edges.less(0);
  const odd = wire.where(wire.logicalOr(edges.equal(0), middle), false, im);
  const whole: [Tensor, Tensor] =
    length - half < 1
      ? [re, odd]
      : [concatenate([re, mirrored(re)], -1), concatenate([odd, wire.negative(mirrored(odd))], -1)];
  return transformed(whole, true)[0];
}

/**
 * The discrete Fourier transform of real numbers along the last axis: real and imaginary parts of the n/2 + 1 frequencies that are not
 * mirrored.
 *
 * @param options.fftLength The number of samples taken; default all. Missing ones are zeros.
 */
export function rfft<X extends Operand>(x: X, options: { fftLength?: number | null } | number | null = {}): Pair<X> {
  const given = typeof options === "object" && options !== null ? options.fftLength : options;
  const length = lengthOf(given, null, "rfft");
  const compute = (operand: Operand): [Tensor, Tensor] => {
    const t = convertToTensor(operand) as Tensor;
    return realTransformed(t.dtype === "float64" ? t : t.cast("float32"), length);
  };
  return composite("RFFT", [x] as const, compute as unknown as (x: X) => Pair<X>, () => ({ fft_length: length }));
}

/**
 * The inverse of {@link rfft}: the real signal of a pair of parts.
 *
 * @param options.fftLength The number of samples; default 2 · (frequencies − 1).
 */
export function irfft<X extends Operand>(
  x: ComplexPair<X>,
  options: { fftLength?: number | null } | number | null = {},
): Result<X> {
  const given = typeof options === "object" && options !== null ? options.fftLength : options;
  const compute = (operands: readonly Operand[]): Tensor => {
    const pair = pairOf(operands, "irfft");
    const n = pair[0].shape.at(-1) ?? null;
    const length = lengthOf(given, n === null ? null : 2 * (n - 1), "irfft");
    if (length === null || length < 1) {
      throw new ValueError(
        `irfft: expected at least two frequencies, or fftLength, got shape ${formatShape(pair[0].shape)}.`,
      );
    }
    return realInverse(pair, length);
  };
  const whole = compute as (x: readonly Operand[]) => unknown as (x: ComplexPair<X>) => Result<X>;
  return composite("IRFFT", [x] as const, whole, () => ({ fft_length: given ?? null }));
}
