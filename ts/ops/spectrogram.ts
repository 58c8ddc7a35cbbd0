import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { convertToTensor } from "./core.js";
import { type ComplexPair, pairOf, realInverse, realTransformed } from "./fourier.js";
import * as wire from "./generated.js";
import { concatenate, flip, pad, reshape, sliceAxis } from "./movement.js";

/** Options of {@link stft} and {@link istft}. */
export interface StftOptions {
  /** `"hann"` (default), `"hamming"`, the weights of a window of `sequenceLength`, or `null` for none. */
  window?: "hann" | "hamming" | TensorLike | null;
  /** Whether frames are centred on their times, with half a frame of mirrored signal at both ends; default true. */
  center?: boolean;
}

/** The window in the middle of `fftLength` samples. */
function windowOf(
  given: StftOptions["window"],
  length: number,
  fftLength: number,
  dtype: "float32" | "float64",
): Tensor {
  const left = Math.floor((fftLength - length) / 2);
  let inner: Tensor;
  if (given === null) return wire.broadcastTo(toTensor(1, dtype, "stft"), { shape: [fftLength] });
  if (typeof given === "string" || given === undefined) {
    if (given !== undefined && given !== "hann" && given !== "hamming") {
      throw new ValueError(`stft: expected window "hann", "hamming", weights or null, got ${describe(given)}.`);
    }
    const a = given === "hamming" ? 0.54 : 0.5;
    const at = (i: number): number => (length === 1 ? 1 : a - (1 - a) * Math.cos((2 * Math.PI * i) / length));
    const values = Array.from({ length }, (_, i) => at(i));
    inner = wrap(dtype, [length], dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values));
  } else {
    inner = toTensor(given, dtype, "stft");
    if (inner.ndim !== 1 || inner.shape[0] !== length) {
      throw new ValueError(`stft: expected a window of shape (${length},), got ${formatShape(inner.shape)}.`);
    }
  }
  return pad(inner, [left, fftLength - length - left]);
}

function checkLengths(who: string, sequenceLength: number, sequenceStride: number, fftLength: number): void {
  if (![sequenceLength, sequenceStride, fftLength].every((n) => Number.isInteger(n) && n > 0)) {
    throw new ValueError(
      `${who}: expected positive lengths, got sequenceLength ${sequenceLength}, sequenceStride ${sequenceStride}, fftLength ${fftLength}.`,
    );
  }
  if (fftLength < sequenceLength) {
    throw new ValueError(`${who}: fftLength ${fftLength} must not be less than sequenceLength ${sequenceLength}.`);
  }
}

/**
 * The short-time Fourier transform: real and imaginary parts of the frequencies of overlapping frames of the last axis, as
 * (…, frames, fftLength / 2 + 1).
 *
 * @param sequenceLength Samples of a frame. @param sequenceStride Samples from one frame to the next.
 * @param fftLength Samples each frame is filled up to.
 * @throws InvalidTypeError for other than floats; ValueError for lengths or windows that do not fit.
 */
export function stft<X extends Operand>(
  x: X,
  sequenceLength: number,
  sequenceStride: number,
  fftLength: number,
  options: StftOptions = {},
): [Result<X>, Result<X>] {
  const { window = "hann", center = true } = options;
  checkLengths("stft", sequenceLength, sequenceStride, fftLength);
  const compute = (operand: Operand): [Tensor, Tensor] => {
    const t = convertToTensor(operand) as Tensor;
    if (t.dtype !== "float32" && t.dtype !== "float64") {
      throw new InvalidTypeError(`stft: expected dtype float32 or float64, got ${t.dtype}.`);
    }
    const weights = windowOf(window, sequenceLength, fftLength, t.dtype);
    const signal = center ? mirrored(t, Math.floor(fftLength / 2)) : t;
    return realTransformed(frames(signal, fftLength, sequenceStride).multiply(weights), fftLength);
  };
  const config = () => ({
    sequence_length: sequenceLength,
    sequence_stride: sequenceStride,
    fft_length: fftLength,
    window,
    center,
  });
  return composite("STFT", [x] as const, compute as unknown as (x: X) => [Result<X>, Result<X>], config);
}

/** The signal with `n` samples at both ends mirrored at its first and last one. */
function mirrored(x: Tensor, n: number): Tensor {
  const length = x.shape.at(-1) ?? null;
  if (n === 0 || length === null) return x;
  if (length <= n) {
    throw new ValueError(`stft: a signal of ${length} samples is too short to be centred; more than ${n} are needed.`);
  }
  const axis = x.ndim - 1;
  return concatenate([flip(sliceAxis(x, axis, 1, n), -1), x, flip(sliceAxis(x, axis, length - 1 - n, n), -1)], -1);
}

/** The places of the samples of each frame. */
function framePlaces(count: number, length: number, stride: number): Tensor {
  const first = wire.iota({ shape: [count, 1] }).multiply(stride);
  return first.add(wire.iota({ shape: [1, length], axis: 1 }));
}

function frames(x: Tensor, length: number, stride: number): Tensor {
  const samples = x.shape.at(-1) ?? null;
  if (samples === null)
    return wire.broadcastTo(wire.expandDims(sliceAxis(x, x.ndim - 1, 0, 1), { axis: -2 }), {
      shape: [...x.shape.slice(0, -1), null, length],
    });
  if (samples < length) throw new ValueError(`stft: a signal of ${samples} samples holds no frame of ${length}.`);
  return wire.gather(x, framePlaces(1 + Math.floor((samples - length) / stride), length, stride), { axis: -1 });
}

/**
 * The inverse of {@link stft}: the signal of overlapping frames, each weighted with the window again and divided by what the windows add
 * up to.
 *
 * @param options.length The number of samples of the result; default all there are (without the mirrored ends when centred).
 */
export function istft<X extends Operand>(
  x: ComplexPair<X>,
  sequenceLength: number,
  sequenceStride: number,
  fftLength: number,
  options: StftOptions & { length?: number | null } = {},
): Result<X> {
  const { window = "hann", center = true, length = null } = options;
  checkLengths("istft", sequenceLength, sequenceStride, fftLength);
  const compute = (operands: readonly Operand[]): Tensor => {
    const pair = pairOf(operands, "istft");
    const count = pair[0].shape.at(-2) ?? null;
    if (pair[0].ndim < 2 || count === null) {
      throw new ValueError(
        `istft: expected (…, frames, frequencies), frames known, got shape ${formatShape(pair[0].shape)}.`,
      );
    }
    const weights = windowOf(window, sequenceLength, fftLength, pair[0].dtype as "float32" | "float64");
    const signal = realInverse(pair, fftLength).multiply(weights);
    const places = reshape(framePlaces(count, fftLength, sequenceStride), [-1]);
    const size = fftLength + sequenceStride * (count - 1);
    const rest = signal.shape.slice(0, -2);
    const added = overlapped(reshape(signal, [...rest, count * fftLength]), places, size);
    const tiled = reshape(wire.broadcastTo(wire.square(weights), { shape: [count, fftLength] }), [-1]);
    const total = wire.scatterAdd(places, tiled, { size });
    const whole = added.divide(wire.where(total.greater(1e-10), total, 1));
    const start = center ? Math.floor(fftLength / 2) : 0;
    const end = length !== null ? start + length : center ? size - Math.floor(fftLength / 2) : size;
    return sliceAxis(whole, whole.ndim - 1, start, Math.max(Math.min(end, size) - start, 0));
  };
  const config = () => ({
    sequence_length: sequenceLength,
    sequence_stride: sequenceStride,
    fft_length: fftLength,
    length,
    window,
    center,
  });
  const whole = compute as (x: readonly Operand[]) => unknown as (x: ComplexPair<X>) => Result<X>;
  return composite("ISTFT", [x] as const, whole, config);
}

/** Samples added up at their places on the last axis. */
function overlapped(x: Tensor, places: Tensor, size: number): Tensor {
  const order = x.shape.map((_, i) => i);
  const first = wire.transpose(x, { axes: [x.ndim - 1, ...order.slice(0, -1)] });
  const added = wire.scatterAdd(places, first, { size });
  return wire.transpose(added, { axes: [...order.slice(1), 0] });
}
