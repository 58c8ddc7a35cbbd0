import type { DType, TypedArray } from "./dtype.js";

/** The floats of 16 bits. Node 20 has no array of them: their elements are kept as bits in a `Uint16Array`. */
export type Half = "float16" | "bfloat16";

interface Format {
  /** Bits after the point. */
  readonly fraction: number;
  /** What exponents are counted from. */
  readonly bias: number;
}

const formats: Readonly<Record<Half, Format>> = {
  float16: { fraction: 10, bias: 15 },
  bfloat16: { fraction: 7, bias: 127 },
};

/** Whether this is a float of 16 bits. */
export const isHalf = (dtype: DType): dtype is Half => dtype === "float16" || dtype === "bfloat16";

/** The bits of the nearest number of the format, of two as near the one that ends in 0. */
export function halfBits(value: number, dtype: Half): number {
  const { fraction, bias } = formats[dtype];
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const infinite = (2 * bias + 1) << fraction;
  if (Number.isNaN(value)) return infinite | (1 << (fraction - 1));
  const size = Math.abs(value);
  if (size === 0) return sign;
  if (size >= 2 ** (bias + 1)) return sign | infinite;
  // Below the least exponent the steps stay as they are, and the bits of the exponent 0.
  const exponent = Math.max(1 - bias, exponentOf(size));
  const steps = size / 2 ** (exponent - fraction);
  const rest = steps % 1;
  const whole = steps - rest;
  const rounded = whole + (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? 1 : 0);
  // The leading 1, where there is one, counts as a step of the exponent.
  return sign | (((exponent + bias - 1) << fraction) + rounded);
}

/** The number that bits stand for. */
export function halfValue(bits: number, dtype: Half): number {
  const { fraction, bias } = formats[dtype];
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const part = (bits & ((1 << fraction) - 1)) / 2 ** fraction;
  if (exponent === 2 * bias + 1) return part === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * part * 2 ** (1 - bias) : sign * (1 + part) * 2 ** (exponent - bias);
}

/** The exponent e of 2^e ≤ size < 2^(e + 1). */
function exponentOf(size: number): number {
  const guess = Math.floor(Math.log2(size));
  return 2 ** guess > size ? guess - 1 : 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

/** Elements as numbers: of floats of 16 bits a `Float32Array` of their values, of all others the array itself. */
export function valuesOf(elements: TypedArray, dtype: DType): TypedArray {
  if (!isHalf(dtype)) return elements;
  return Float32Array.from(elements as Uint16Array, (bits) => halfValue(bits, dtype));
}

/** A number as an element of an array of this dtype, which holds no bigints. */
export function elementOf(value: number, dtype: DType): number {
  return isHalf(dtype) ? halfBits(value, dtype) : value;
}
