import { describe } from "../engine/shape.js";
import { ValueError } from "../errors.js";

/** Sums of cosines, by their weights: w(x) = a₀ - a₁ cos 2πx + a₂ cos 4πx - … with x from 0 to 1. */
const cosines: Readonly<Record<string, readonly number[]>> = {
  boxcar: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
};

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The other windows of n points, at point i. */
const others: Readonly<Record<string, (i: number, n: number) => number>> = {
  bartlett: (i, n) => 1 - Math.abs((2 * i) / (n - 1) - 1),
  barthann: (i, n) => {
    const far = Math.abs(i / (n - 1) - 0.5);
    return 0.62 - 0.48 * far + 0.38 * Math.cos(2 * Math.PI * far);
  },
  bohman: (i, n) => {
    const far = Math.abs((2 * i) / (n - 1) - 1);
    return i === 0 || i === n - 1 ? 0 : (1 - far) * Math.cos(Math.PI * far) + Math.sin(Math.PI * far) / Math.PI;
  },
  cosine: (i, n) => Math.sin((Math.PI / n) * (i + 0.5)),
  lanczos: (i, n) => sinc((2 * i) / (n - 1) - 1),
  parzen: (i, n) => {
    const far = Math.abs(i - (n - 1) / 2);
    const part = far / (n / 2);
    return far <= (n - 1) / 4 ? 1 - 6 * part ** 2 + 6 * part ** 3 : 2 * (1 - part) ** 3;
  },
  triang: (i, n) => {
    const place = Math.min(i, n - 1 - i) + 1;
    return n % 2 === 0 ? (2 * place - 1) / n : (2 * place) / (n + 1);
  },
  tukey: (i, n) => {
    const edge = Math.floor(0.25 * (n - 1));
    const x = Math.min(i, n - 1 - i);
    return x <= edge ? 0.5 * (1 + Math.cos(Math.PI * (-1 + (4 * x) / (n - 1)))) : 1;
  },
};

const names = [...Object.keys(cosines), ...Object.keys(others)].sort();

/** @throws ValueError for a name that no window has. */
export function checkWindow(name: string): void {
  if (names.includes(name)) return;
  throw new ValueError(
    `Unknown window ${describe(name)}. Expected one of ${names.join(", ")}, the values of a window, or null.`,
  );
}

/**
 * The values of a window of a name, as `scipy.signal.get_window` names them.
 *
 * @param periodic The first n of n + 1 points, for Fourier transforms; else symmetric.
 * @throws ValueError for an unknown name.
 */
export function windowOf(name: string, n: number, periodic: boolean): Float64Array {
  checkWindow(name);
  if (n <= 1) return new Float64Array(n).fill(1);
  const points = periodic ? n + 1 : n;
  const weights = cosines[name];
  const at = (i: number): number => {
    if (weights === undefined) return (others[name] as (i: number, n: number) => number)(i, points);
    const angle = (2 * Math.PI * i) / (points - 1);
    return weights.reduce((sum, a, k) => sum + (k % 2 === 0 ? a : -a) * Math.cos(k * angle), 0);
  };
  return Float64Array.from({ length: n }, (_, i) => at(i));
}
