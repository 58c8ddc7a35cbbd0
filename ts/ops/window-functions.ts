import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { asDType } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { checkKnownShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import * as wire from "./generated.js";

/** n numbers in float64: a function of the place from 0 to 1; a single one is 1. */
function places(who: string, x: TensorLike, at: (place: number) => number): Float64Array {
  const [n] = checkKnownShape([typeof x === "number" ? x : toTensor(x, undefined, who).item()], who) as [number];
  return Float64Array.from({ length: n }, (_, i) => (n === 1 ? 1 : at(i / (n - 1))));
}

const sampled = (who: string, x: TensorLike, at: (place: number) => number): Tensor =>
  toTensor(places(who, x, at), asDType(floatx(), who), who);

const cosine = (k: number, place: number): number => Math.cos(2 * Math.PI * k * place);

/** The triangular window of x samples, 0 at both ends. */
export function bartlett(x: TensorLike): Tensor {
  return sampled("bartlett", x, (p) => 1 - Math.abs(2 * p - 1));
}

/** Blackman's window of x samples: 0.42 - 0.5 cos 2πp + 0.08 cos 4πp. */
export function blackman(x: TensorLike): Tensor {
  return sampled("blackman", x, (p) => 0.42 - 0.5 * cosine(1, p) + 0.08 * cosine(2, p));
}

/** Hamming's window of x samples: 0.54 - 0.46 cos 2πp. */
export function hamming(x: TensorLike): Tensor {
  return sampled("hamming", x, (p) => 0.54 - 0.46 * cosine(1, p));
}

/** Hann's window of x samples: 0.5 - 0.5 cos 2πp. */
export function hanning(x: TensorLike): Tensor {
  return sampled("hanning", x, (p) => 0.5 - 0.5 * cosine(1, p));
}

/** Kaiser's window of x samples: I₀(β √(1 - (2p - 1)²)) / I₀(β). */
export function kaiser(x: TensorLike, beta: number): Tensor {
  const roots = places("kaiser", x, (p) => Math.sqrt(Math.max(0, 1 - (2 * p - 1) ** 2)));
  const values = wire.i0(toTensor(roots, "float64", "kaiser").multiply(beta));
  return values.divide(wire.i0(toTensor(beta, "float64", "kaiser"))).cast(asDType(floatx(), "kaiser"));
}
